/**
 * Entries in a directory of this machine: what the store keeps as bytes, put together and taken
 * apart. Answers at once.
 *
 * @module
 */

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CacheError } from "../../errors.ts";
import { type LoadOptions, loadArray } from "../../file/array-file.ts";
import { isLong, loadCompressedLater } from "../../file/compressed-file.ts";
import type { Region } from "../../file/region.ts";
import { Writing } from "../../file/writing.ts";
import { encodeManifest } from "../../format/manifest.ts";
import { fileBytes } from "../../format/record.ts";
import { decodeValue, type Encoded } from "../../format/value.ts";
import type { RecordedCode } from "../../hash/code/code-difference.ts";
import { isCodeRecord, LONGEST_RECORD } from "../../hash/code/code-record.ts";
import { flush } from "../../store/background.ts";
import { now } from "../../store/clock.ts";
import type { Draft } from "../../store/draft.ts";
import { readSmall } from "../../store/file.ts";
import { writeUses } from "../../store/last-use.ts";
import {
  CODE,
  CODE_RECORD,
  type EntryKey,
  MANIFEST,
  MANIFEST_END,
  MODIFIED,
} from "../../store/layout.ts";
import { Limits } from "../../store/limits/limits.ts";
import { type Reduction, reduce } from "../../store/limits/reduce.ts";
import { hasLimits, type SizeLimits } from "../../store/limits/size-limits.ts";
import { type StoredEntry as Listed, storedEntries } from "../../store/listing.ts";
import type { LocalStore } from "../../store/local.ts";
import { LocalLocks } from "../../store/lock/lock-local.ts";
import { publish } from "../events.ts";
import type { Maybe } from "../flow.ts";
import type { Verification, Verifying } from "../verify/verify.ts";
import { verifyLocal } from "../verify/verify-local.ts";
import {
  type AnalysisFiles,
  type Entries,
  type EntryManifest,
  type Holding,
  manifestOf,
  type NewEntry,
  type StoredEntry,
} from "./entries.ts";
import { decodeEntryManifest } from "./entry-manifest.ts";
import { type Metadata, storedBytes } from "./metadata.ts";
import { RecentManifests } from "./recent-manifests.ts";

/** The entries of a local store. */
export class LocalEntries implements Entries {
  readonly backend = "local";
  readonly isAsync = false;
  readonly maps = true;
  readonly locks: LocalLocks;
  readonly analyses: AnalysisFiles;
  readonly #store: LocalStore;
  readonly #limits: Limits | undefined;
  readonly #recent = new RecentManifests();

  constructor(store: LocalStore, limits?: SizeLimits) {
    this.#store = store;
    this.locks = new LocalLocks(store.layout);
    this.analyses = {
      read: (functionId) => store.readAnalyses(functionId),
      write: (functionId, bytes) => store.writeAnalyses(functionId, bytes),
    };
    this.#limits = limits && hasLimits(limits) ? new Limits(store, limits, evicted) : undefined;
  }

  get location(): string {
    return this.#store.location;
  }

  path(key: EntryKey): string {
    return this.#store.layout.entry(key);
  }

  read(key: EntryKey, isUse: boolean, isShared = false): EntryManifest | undefined {
    const known = isShared && isUse ? this.#recent.get(key) : undefined;
    if (known && this.#store.hasManifest(key, known.path, known.bytes)) return known.manifest;
    const bytes = this.#store.readManifest(key, isUse);
    if (bytes === undefined || !isShared) return bytes && manifestOf(key, bytes);
    return this.#recent.manifest(key, bytes, () => this.#store.path(key, MANIFEST));
  }

  mayHave(key: EntryKey): boolean {
    return this.#store.mayHave(key);
  }

  isWhole(key: EntryKey, { arrays, value }: EntryManifest): boolean {
    const sizeOf = (file: string): number =>
      statSync(this.#store.path(key, file), { throwIfNoEntry: false })?.size ?? -1;
    return (
      arrays.every((record) => sizeOf(record.file) === fileBytes(record)) &&
      (!("file" in value) || sizeOf(value.file) === value.bytes)
    );
  }

  load(key: EntryKey, manifest: EntryManifest, options: LoadOptions): unknown {
    const isLater = options.waits === true && manifest.async && manifest.arrays.some(isLong);
    return isLater
      ? this.#loadLater(key, manifest, options)
      : this.#load(key, manifest, options, new Map());
  }

  async #loadLater(key: EntryKey, manifest: EntryManifest, options: LoadOptions): Promise<unknown> {
    const regions = new Map<string, Region>();
    for (const record of manifest.arrays.filter(isLong)) {
      const { file } = record;
      regions.set(file, await loadCompressedLater(this.#store.path(key, file), record));
    }
    return this.#load(key, manifest, options, regions);
  }

  #load(
    key: EntryKey,
    manifest: EntryManifest,
    options: LoadOptions,
    regions: ReadonlyMap<string, Region>,
  ): unknown {
    const mark = (): string => this.#store.path(key, MODIFIED);
    const markModified = (): void => writeFileSync(mark(), "");
    const isModified = (): boolean => existsSync(mark());
    return decodeValue(manifest, {
      array: (record) => {
        const path = this.#store.path(key, record.file);
        const decompressed = regions.get(record.file);
        const place = { path, position: 0, alone: true, decompressed, markModified, isModified };
        return loadArray(place, record, options);
      },
      bytes: (file, byteLength) => {
        const path = this.#store.path(key, file);
        const stat = statSync(path);
        if (stat.isFile() && stat.size === byteLength) return readFileSync(path);
        const what = `${stat.size} bytes, expected ${byteLength}`;
        throw new CacheError("ERR_CORRUPT_ENTRY", `${path} is damaged: ${what}`, { path });
      },
    });
  }

  store(entry: NewEntry): Maybe<Metadata> {
    const draft = this.#store.draft();
    let isLater = false;
    try {
      const writing = new Writing(entry.value, entry.compress, entry);
      isLater = entry.async && writing.isLong;
      if (isLater) return this.#storeLater(entry, draft, writing);
      return this.#publish(entry, draft, writing.write(draft));
    } finally {
      if (!isLater) draft.discard();
    }
  }

  async #storeLater(entry: NewEntry, draft: Draft, writing: Writing): Promise<Metadata> {
    try {
      return this.#publish(entry, draft, await writing.writeLater(draft));
    } finally {
      draft.discard();
    }
  }

  #publish(entry: NewEntry, draft: Draft, encoded: Encoded): Metadata {
    const { key, async, code, replace, metadata } = entry;
    const made = metadata(encoded);
    const manifest = encodeManifest({ key, async, ...encoded, metadata: made });
    const bytes = storedBytes(made) + manifest.byteLength;
    this.#limits?.check(bytes);
    draft.write(MANIFEST, [manifest], now());
    const isWhole = (bytes: Buffer): boolean => isEntry(key, bytes);
    const isOurs = this.#store.publish(draft, key, () => notes(code()), { replace, isWhole });
    if (isOurs) this.#limits?.stored(bytes);
    return made;
  }

  remove(key: EntryKey): boolean {
    return this.#store.remove(key);
  }

  clear(functionId?: string): void {
    this.#store.clear(functionId);
  }

  *list(functionId?: string): Generator<StoredEntry, void, undefined> {
    for (const entry of storedEntries(this.#store.layout, { functionId })) {
      const manifest = manifestIn(entry);
      const { directory: path, bytes, lastUse: lastUsed } = entry;
      if (manifest) yield { path, bytes, lastUsed, manifest };
    }
  }

  holdings(functionId?: string): readonly Holding[] {
    const held = new Map<string, { functionId?: string; items: number; bytes: number }>();
    for (const entry of storedEntries(this.#store.layout, { functionId })) {
      const sums = held.get(entry.shard.functionDirectory) ?? { items: 0, bytes: 0 };
      sums.items++;
      sums.bytes += entry.bytes;
      // The name of a directory may be cut; any whole manifest in it tells the function.
      const id = sums.functionId ?? functionId ?? manifestIn(entry)?.key.functionId;
      if (id !== undefined) sums.functionId = id;
      held.set(entry.shard.functionDirectory, sums);
    }
    return [...held].map(([directory, sums]) => ({ functionId: directory, ...sums }));
  }

  codeRecord(key: EntryKey): RecordedCode | undefined {
    const { functionId, codeId } = key;
    const directory = this.#store.layout.code(functionId, codeId);
    try {
      const text = readSmall(join(directory, CODE_RECORD));
      if (text === undefined || text.byteLength > LONGEST_RECORD) return undefined;
      const record: unknown = JSON.parse(text.toString("utf8"));
      if (!isCodeRecord(record)) return undefined;
      return { ...record, source: readSmall(join(directory, CODE))?.toString("utf8") };
    } catch {
      // It is there for people only: that it is missing or damaged harms nothing else.
      return undefined;
    }
  }

  async flush(): Promise<void> {
    await this.#limits?.flush();
    await flush(this.location);
    writeUses();
  }

  reduce(limits: SizeLimits, dryRun: boolean): Reduction {
    return reduce(this.#store, limits, { dryRun });
  }

  verify(verifying: Verifying): Verification {
    return verifyLocal(this.#store.layout, verifying);
  }
}

/** The files beside the entries of one code. */
function notes({ source = "", ...record }: RecordedCode): Readonly<Record<string, string>> {
  return { [CODE]: source, [CODE_RECORD]: JSON.stringify(record) };
}

function evicted({ directory: path, bytes, shard, argsId }: Listed): void {
  publish(() => ({ type: "evicted", codeId: shard.codeId, argsId, path, bytes }));
}

/** The manifest of a listed entry, unless it is damaged or gone. */
function manifestIn({ directory, shard, argsId }: Listed): EntryManifest | undefined {
  try {
    const bytes = readSmall(join(directory, MANIFEST), { ending: MANIFEST_END });
    if (!bytes) return undefined;
    const manifest = decodeEntryManifest(bytes);
    const isOfPlace = manifest.key.codeId === shard.codeId && manifest.key.argsId === argsId;
    return isOfPlace ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(key: EntryKey, bytes: Buffer): boolean {
  try {
    manifestOf(key, bytes);
    return true;
  } catch {
    return false;
  }
}
