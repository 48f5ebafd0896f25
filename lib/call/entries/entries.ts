/**
 * The entries of a store as values: what the calls of cached functions need of a store.
 *
 * A store of this machine answers at once, others with promises.
 *
 * @module
 */

import { CacheError } from "../../errors.ts";
import type { LoadOptions } from "../../file/array-file.ts";
import type { Compress } from "../../format/compression.ts";
import type { Manifest } from "../../format/manifest.ts";
import type { ArrayFormat, Encoded } from "../../format/value.ts";
import type { RecordedCode } from "../../hash/code/code-difference.ts";
import type { EntryKey } from "../../store/layout.ts";
import type { Reduction } from "../../store/limits/reduce.ts";
import type { SizeLimits } from "../../store/limits/size-limits.ts";
import type { Locks } from "../../store/lock/lock.ts";
import type { Maybe } from "../flow.ts";
import type { Verification, Verifying } from "../verify/verify.ts";
import { decodeEntryManifest } from "./entry-manifest.ts";
import type { Metadata } from "./metadata.ts";

/** What names an entry, with the digest of each part of the arguments. */
export interface PartedKey extends EntryKey {
  /** The digests that `argsId` is made of; `explain` compares them. */
  readonly parts: readonly string[];
}

/** The manifest of an entry. */
export type EntryManifest = Manifest<PartedKey, Metadata>;

/** What is stored as an entry. */
export interface NewEntry {
  readonly key: PartedKey;
  readonly value: unknown;
  /** Whether the function returned a promise of the value. */
  readonly async: boolean;
  /** The code of the function, for people; asked for where the store does not have it. */
  readonly code: () => RecordedCode;
  /** Whether an entry that is already there gives way. */
  readonly replace: boolean;
  /** Whether small arrays in the value may do without files. */
  readonly inline: boolean;
  /** How arrays are compressed. */
  readonly compress: Compress;
  /** What dense arrays are written as. */
  readonly format: ArrayFormat;
  /** Makes the metadata once the value is written. */
  readonly metadata: (encoded: Encoded) => Metadata;
}

/** An entry as the store knows it. */
export interface StoredEntry {
  /** Where it lies. */
  readonly path: string;
  /** Bytes of all its files. */
  readonly bytes: number;
  /** When it was last used, in milliseconds since 1970. */
  readonly lastUsed: number;
  /** Its manifest; what is damaged is not listed. */
  readonly manifest: EntryManifest;
}

/** How much of a function a store holds. */
export interface Holding {
  readonly functionId: string;
  /** Entries, of all versions of the code. */
  readonly items: number;
  /** Bytes of their files. */
  readonly bytes: number;
}

/** Where it is kept what was found out about the sources of functions. */
export interface AnalysisFiles {
  /** The bytes that were written last, as long as nothing else is read. */
  read(functionId: string): Uint8Array | undefined;
  /** Writes some; nothing depends on it. */
  write(functionId: string, bytes: Uint8Array): void;
}

/** The entries of one store. */
export interface Entries {
  /** The name of the store's kind. */
  readonly backend: string;
  /** What the user called its place. */
  readonly location: string;

  /** Whether its methods answer with promises. */
  readonly isAsync: boolean;
  /** Whether arrays can be mapped: if not, loading a value that was just stored is of no use. */
  readonly maps: boolean;
  /** The locks of entries, where the store has any. */
  readonly locks: Locks | undefined;
  /** Where analyses of sources are kept, in a store of this machine. */
  readonly analyses?: AnalysisFiles;

  /** Where an entry lies, for messages. */
  path(key: EntryKey): string;

  /**
   * The manifest of an entry, or `undefined` where there is none.
   *
   * @param isUse whether this counts as a use of the entry.
   * @param isShared whether it may be the same object for several callers: then give away no part of it.
   * @throws CacheError `ERR_CORRUPT_ENTRY`, `ERR_FORMAT_VERSION`; errors of the store.
   */
  read(key: EntryKey, isUse: boolean, isShared?: boolean): Maybe<EntryManifest | undefined>;

  /** Whether there may be an entry, as far as it is known at once, for less than a look-up costs. */
  mayHave(key: EntryKey): boolean;

  /** Whether all files of an entry are there, as far as their sizes show. */
  isWhole(key: EntryKey, manifest: EntryManifest): Maybe<boolean>;

  /**
   * The value of an entry.
   *
   * @throws CacheError `ERR_CORRUPT_ENTRY` where a file is damaged, `ERR_NATIVE` where an array is
   * larger than a map can be; errors of the store.
   */
  load(key: EntryKey, manifest: EntryManifest, options: LoadOptions): Maybe<unknown>;

  /**
   * Writes and publishes an entry; where another writer was first, theirs stays.
   *
   * @throws CacheError `ERR_UNSUPPORTED_VALUE` for a value that would not come back the same; errors
   * of the store. Nothing is left behind then.
   */
  store(entry: NewEntry): Maybe<Metadata>;

  /** Removes an entry; tells whether there was one. */
  remove(key: EntryKey): Maybe<boolean>;

  /** Removes all entries of a function, or all. */
  clear(functionId?: string): Maybe<void>;

  /** Iterates over the entries of a function, or all. */
  list(functionId?: string): Iterable<StoredEntry> | AsyncIterable<StoredEntry>;

  /** How much is held of a function, or of each, without reading every manifest. */
  holdings(functionId?: string): Maybe<readonly Holding[]>;

  /** Removes the least recently used entries until the limits hold. */
  reduce(limits: SizeLimits, dryRun: boolean): Maybe<Reduction>;

  /**
   * Reads everything and compares it with its checksums.
   *
   * @throws errors of the store where it cannot be listed.
   */
  verify(verifying: Verifying): Maybe<Verification>;

  /** What is known of the code that an entry was made with, beside its id. */
  codeRecord(key: EntryKey): Maybe<RecordedCode | undefined>;

  /** Resolves when work in the background is done. */
  flush(): Promise<void>;
}

/**
 * The manifest in these bytes.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY`, also where it is that of another entry.
 */
export function manifestOf(key: EntryKey, bytes: Buffer): EntryManifest {
  const manifest = decodeEntryManifest(bytes);
  const { functionId, codeId, argsId } = manifest.key;
  if (functionId === key.functionId && codeId === key.codeId && argsId === key.argsId) {
    return manifest;
  }
  throw new CacheError("ERR_CORRUPT_ENTRY", "the manifest is that of another entry");
}
