/**
 * Entries in a store of another kind: put together and taken apart, a file at a time. Answers with
 * promises.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { isCacheError } from "../../errors.ts";
import { type LoadOptions, loadArray } from "../../file/array-file.ts";
import { fetchArray, fetchBytes, type RemoteFile } from "../../file/fetch.ts";
import { compressedOutgoing, type Outgoing, outgoing } from "../../file/outgoing.ts";
import { isCompressing } from "../../format/compression.ts";
import { encodeManifest, type SidecarRecord, type ValueRecord } from "../../format/manifest.ts";
import { fileBytes } from "../../format/record.ts";
import { decodeValue } from "../../format/value.ts";
import { type ListedEntry, StoreBackend } from "../../store/backend.ts";
import { isAbsent } from "../../store/file.ts";
import type { EntryKey } from "../../store/layout.ts";
import { BackendLimits } from "../../store/limits/backend-limits.ts";
import { reduceBackend } from "../../store/limits/backend-reduce.ts";
import type { Reduction } from "../../store/limits/reduce.ts";
import type { SizeLimits } from "../../store/limits/size-limits.ts";
import { BackendLocks } from "../../store/lock/lock-backend.ts";
import { isWritable } from "../../store/map/mapping.ts";
import { WarnOnce } from "../../warning.ts";
import type { Verification, Verifying } from "../verify/verify.ts";
import { verifyBackend } from "../verify/verify-backend.ts";
import { ahead } from "./ahead.ts";
import { Behind } from "./behind.ts";
import {
  type Entries,
  type EntryManifest,
  type Holding,
  manifestOf,
  type NewEntry,
  type StoredEntry,
} from "./entries.ts";
import type { Metadata } from "./metadata.ts";

/** The value of a manifest whose clone has a file of its own. */
type FrameRecord = Extract<ValueRecord, { readonly file: string }>;

const MOST_AHEAD = 16;

/** The entries of a store that is a {@link StoreBackend}. */
export class BackendEntries implements Entries {
  readonly backend: string;
  readonly isAsync = true;
  readonly maps: boolean;
  readonly locks: BackendLocks | undefined;
  readonly #store: StoreBackend;
  readonly #limits: BackendLimits;
  readonly #behind: Behind;
  readonly #warnings = new WarnOnce();

  constructor(store: StoreBackend, name: string, limits?: SizeLimits) {
    this.#store = store;
    this.maps = store.maps;
    this.#behind = new Behind(store.location);
    this.locks = hasLocks(store)
      ? new BackendLocks(store, () => this.#behind.settled())
      : undefined;
    this.#limits = new BackendLimits(store, limits);
    this.backend = name;
  }

  get location(): string {
    return this.#store.location;
  }

  path({ functionId, codeId, argsId }: EntryKey): string {
    return `${this.#store.location} ${functionId}/${codeId}/${argsId}`;
  }

  async read(key: EntryKey, isUse: boolean): Promise<EntryManifest | undefined> {
    const bytes = await this.#store.get(idsOf(key), isUse);
    return bytes && manifestOf(key, Buffer.from(bytes));
  }

  mayHave(): boolean {
    return true;
  }

  async isWhole(key: EntryKey, { arrays, value }: EntryManifest): Promise<boolean> {
    try {
      for (const record of arrays) {
        if ((await this.#sizeOf(key, record.file)) !== fileBytes(record)) return false;
      }
      return !("file" in value) || (await this.#sizeOf(key, value.file)) === value.bytes;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  async load(key: EntryKey, manifest: EntryManifest, options: LoadOptions): Promise<unknown> {
    const { arrays, value } = manifest;
    const loaded = new Map<string, unknown>();
    const asCopies = arrays.length > 0 ? this.#asCopies(options) : options;
    for (const record of arrays) {
      loaded.set(record.file, await this.#loadArray(key, record, asCopies));
    }
    const frame = "file" in value ? await this.#loadFrame(key, value) : new Uint8Array();
    return decodeValue(manifest, { array: ({ file }) => loaded.get(file), bytes: () => frame });
  }

  async store(entry: NewEntry): Promise<Metadata> {
    const { value, compress } = entry;
    const isCompressed = isCompressing(compress);
    const taken = isCompressed
      ? await compressedOutgoing(value, compress, entry)
      : outgoing(value, entry);
    try {
      return await this.#put(entry, taken);
    } finally {
      taken.close();
    }
  }

  async #put(
    { key, async, replace, metadata }: NewEntry,
    { encoded, files, checkTaken }: Outgoing,
  ): Promise<Metadata> {
    let made: Metadata | undefined;
    let size = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#limits.check(size);
    await this.#behind.store(async (taken) => {
      const isStored = await this.#store.put(idsOf(key), {
        ...{ files, replace, taken },
        manifest() {
          checkTaken();
          made = metadata(encoded);
          const manifest = encodeManifest({ key, async, ...encoded, metadata: made });
          // Whoever stores it may ask for all of its memory.
          const bytes = new Uint8Array(manifest);
          size += bytes.byteLength;
          return bytes;
        },
      });
      if (isStored) this.#limits.stored(size);
    });
    return made ?? metadata(encoded);
  }

  async remove(key: EntryKey): Promise<boolean> {
    return await this.#store.remove(idsOf(key));
  }

  async clear(functionId?: string): Promise<void> {
    await this.#store.clear(functionId);
  }

  async *list(functionId?: string): AsyncGenerator<StoredEntry> {
    const read = async ({
      key,
      bytes,
      lastUsed,
    }: ListedEntry): Promise<StoredEntry | undefined> => {
      try {
        const manifest = await this.read(key, false);
        return manifest && { path: this.path(key), bytes, lastUsed, manifest };
      } catch (error) {
        if (!isCacheError(error)) throw error;
        return undefined;
      }
    };
    const listed = this.#store.list(functionId);
    for await (const entry of ahead(listed, MOST_AHEAD, read)) if (entry) yield entry;
  }

  async holdings(functionId?: string): Promise<Holding[]> {
    const holdings = new Map<string, { functionId: string; items: number; bytes: number }>();
    for await (const { key, bytes } of this.#store.list(functionId)) {
      const { functionId } = key;
      const holding = holdings.get(functionId) ?? { functionId, items: 0, bytes: 0 };
      holding.items++;
      holding.bytes += bytes;
      holdings.set(functionId, holding);
    }
    return [...holdings.values()];
  }

  async reduce(limits: SizeLimits, dryRun: boolean): Promise<Reduction> {
    return await reduceBackend(this.#store, limits, dryRun);
  }

  async verify(verifying: Verifying): Promise<Verification> {
    const verified = await verifyBackend(this.#store, (key) => this.path(key), verifying);
    if (verifying.repair) await this.#store.sweep();
    return verified;
  }

  /** Other stores keep no code. */
  codeRecord(): undefined {
    return undefined;
  }

  async flush(): Promise<void> {
    await this.#behind.settled();
    await this.#limits.settled();
    await this.locks?.settled();
    await this.#store.flush();
  }

  async #loadArray(key: EntryKey, record: SidecarRecord, options: LoadOptions): Promise<unknown> {
    const { file, offset, digest, modified, compressed } = record;
    const path = await this.#store.localFile(idsOf(key), file, {
      ...{ byteLength: fileBytes(record), offset, modified },
      // What is compressed is checked while it is decompressed.
      digest: compressed ? undefined : (digest ?? undefined),
    });
    if (path === undefined) return this.#fetchArray(key, record, options);
    const marks = { markModified() {}, isModified: () => false };
    const place = { path, position: 0, alone: true, ...marks };
    try {
      return loadArray(place, record, options);
    } catch (error) {
      // A copy can go at any time; whether the entry is gone, too, shows now.
      if (!isAbsent(error)) throw error;
      return this.#fetchArray(key, record, options);
    }
  }

  /** What came from elsewhere is checked: that costs little beside the way. */
  #fetchArray(key: EntryKey, record: SidecarRecord, { verify }: LoadOptions): Promise<unknown> {
    const remote = this.#remote(key, record.file);
    return fetchArray(remote, record, verify === "none" ? "none" : "full");
  }

  async #loadFrame(key: EntryKey, { file, bytes, digest }: FrameRecord): Promise<Uint8Array> {
    const expected = { byteLength: bytes, offset: 0, digest };
    const path = await this.#store.localFile(idsOf(key), file, expected);
    try {
      if (path !== undefined) return await readFile(path);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    return await fetchBytes(this.#remote(key, file), bytes);
  }

  /** Writes to a copy on this machine would change the entry for this machine only. */
  #asCopies(options: LoadOptions): LoadOptions {
    if (!isWritable(options.mmapMode)) return options;
    this.#warnings.warn(
      "mmapMode",
      "CACHE_PRIVATE_COPY",
      `mmapMode "${options.mmapMode}" changes entries of a local store only: arrays from ` +
        `${this.location} are as with "c", and what is written to them stays in this process`,
    );
    return { ...options, mmapMode: "c" };
  }

  #remote(key: EntryKey, file: string): RemoteFile {
    const ids = idsOf(key);
    return {
      where: `${this.path(key)}/${file}`,
      read: (position, target) => this.#store.read(ids, file, position, target),
    };
  }

  #sizeOf(key: EntryKey, file: string): Promise<number> {
    return this.#store.read(idsOf(key), file, 0, new Uint8Array());
  }
}

function hasLocks(store: StoreBackend): boolean {
  return store.lock !== StoreBackend.prototype.lock;
}

/** The key alone: what else comes with it is none of the store's business. */
function idsOf({ functionId, codeId, argsId }: EntryKey): EntryKey {
  return { functionId, codeId, argsId };
}
