/**
 * Entries of a store as values: what the store keeps as bytes, put together and taken apart.
 *
 * @module
 */

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { CacheError } from "../errors.ts";
import { type LoadOptions, loadArray } from "../file/array-file.ts";
import { decodeManifest, encodeManifest, type Manifest } from "../format/manifest.ts";
import { decodeValue, type Encoded, encodeValue } from "../format/value.ts";
import { type EntryKey, MANIFEST, MODIFIED } from "../store/layout.ts";
import type { LocalStore } from "../store/local.ts";
import type { Metadata } from "./metadata.ts";

/** The manifest of an entry. */
export type EntryManifest = Manifest<EntryKey, Metadata>;

/** A value that was loaded. */
export interface Entry {
  readonly value: unknown;
  readonly async: boolean;
  readonly metadata: Metadata;
}

/**
 * The manifest of an entry, or `undefined` where there is none. Counts as a use of the entry.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY`, `ERR_FORMAT_VERSION`; errors of the file system.
 */
export function readManifest(store: LocalStore, key: EntryKey): EntryManifest | undefined {
  const bytes = store.readManifest(key, true);
  return bytes && decodeFor(key, bytes);
}

/** Whether there is a whole entry, as far as its manifest and the sizes of its files show. */
export function hasEntry(store: LocalStore, key: EntryKey): boolean {
  const bytes = store.readManifest(key, false);
  if (!bytes) return false;
  const { arrays, value } = decodeFor(key, bytes);
  const sizeOf = (file: string): number => statSync(store.path(key, file)).size;
  return (
    arrays.every(({ file, offset, bytes }) => sizeOf(file) === offset + bytes) &&
    (!("file" in value) || sizeOf(value.file) === value.bytes)
  );
}

/**
 * The value of an entry.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where a file is damaged, `ERR_NATIVE` where an array is
 * larger than a map can be; errors of the file system.
 */
export function loadValue(
  store: LocalStore,
  key: EntryKey,
  manifest: EntryManifest,
  options: LoadOptions,
): unknown {
  const mark = store.path(key, MODIFIED);
  const marks = {
    markModified: () => writeFileSync(mark, ""),
    isModified: () => existsSync(mark),
  };
  return decodeValue(manifest, {
    array(record) {
      const path = store.path(key, record.file);
      return loadArray({ path, position: 0, alone: true, ...marks }, record, options);
    },
    bytes(file, byteLength) {
      const path = store.path(key, file);
      const { size } = statSync(path);
      if (size === byteLength) return readFileSync(path);
      const what = `${size} bytes, expected ${byteLength}`;
      throw new CacheError("ERR_CORRUPT_ENTRY", `${path} is damaged: ${what}`, { path });
    },
  });
}

/** What is stored as an entry. */
export interface NewEntry {
  readonly key: EntryKey;
  readonly value: unknown;
  readonly async: boolean;
  /** The source of the function, for people. */
  readonly code: string;
  /** Whether an entry that is already there gives way. */
  readonly replace: boolean;
  /** Makes the metadata once the value is written. */
  readonly metadata: (encoded: Encoded) => Metadata;
}

/**
 * Writes and publishes an entry; where another writer was first, theirs stays.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` for a value that would not come back the same; errors
 * of the file system. Nothing is left behind then.
 */
export function storeEntry(store: LocalStore, entry: NewEntry): Metadata {
  const { key, async, replace, code } = entry;
  const draft = store.draft();
  try {
    const encoded = encodeValue(entry.value, draft);
    const metadata = entry.metadata(encoded);
    const manifest = encodeManifest({ key, async, ...encoded, metadata });
    draft.write(MANIFEST, [Buffer.from(manifest)]);
    store.publish(draft, key, code, { replace, isWhole: (bytes) => isWhole(key, bytes) });
    return metadata;
  } finally {
    draft.discard();
  }
}

function decodeFor(key: EntryKey, bytes: Buffer): EntryManifest {
  const manifest = decodeManifest(bytes) as EntryManifest;
  const { functionId, codeId, argsId } = manifest.key ?? {};
  if (functionId === key.functionId && codeId === key.codeId && argsId === key.argsId) {
    return manifest;
  }
  throw new CacheError("ERR_CORRUPT_ENTRY", "the manifest is that of another entry");
}

function isWhole(key: EntryKey, bytes: Buffer): boolean {
  try {
    decodeFor(key, bytes);
    return true;
  } catch {
    return false;
  }
}
