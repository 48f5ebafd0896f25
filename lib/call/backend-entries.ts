/**
 * Entries in a store of another kind: put together and taken apart, a file at a time. Answers with
 * promises.
 *
 * @module
 */

import { isCacheError } from "../errors.ts";
import { type LoadOptions, loadArray } from "../file/array-file.ts";
import { fetchArray, fetchBytes, type RemoteFile } from "../file/fetch.ts";
import { outgoing } from "../file/outgoing.ts";
import { type ArrayRecord, encodeManifest } from "../format/manifest.ts";
import { decodeValue } from "../format/value.ts";
import { StoreBackend } from "../store/backend.ts";
import { BackendLimits } from "../store/backend-limits.ts";
import { reduceBackend } from "../store/backend-reduce.ts";
import { isAbsent } from "../store/file.ts";
import type { EntryKey } from "../store/layout.ts";
import { isWritable } from "../store/mapping.ts";
import type { Reduction } from "../store/reduce.ts";
import type { SizeLimits } from "../store/size-limits.ts";
import { WarnOnce } from "../warning.ts";
import {
  type Entries,
  type EntryManifest,
  type Holding,
  manifestOf,
  type NewEntry,
  type StoredEntry,
} from "./entries.ts";
import type { Metadata } from "./metadata.ts";

const encoder = new TextEncoder();

/** The entries of a store that is a {@link StoreBackend}. */
export class BackendEntries implements Entries {
  readonly backend: string;
  readonly isAsync = true;
  readonly maps: boolean;
  readonly #store: StoreBackend;
  readonly #limits: BackendLimits;
  readonly #warnings = new WarnOnce();

  constructor(store: StoreBackend, name: string, limits?: SizeLimits) {
    this.#store = store;
    this.maps = store.localFile !== StoreBackend.prototype.localFile;
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

  async isWhole(key: EntryKey, { arrays, value }: EntryManifest): Promise<boolean> {
    try {
      for (const { file, offset, bytes } of arrays) {
        if ((await this.#sizeOf(key, file)) !== offset + bytes) return false;
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
    const frame =
      "file" in value
        ? await fetchBytes(this.#remote(key, value.file), value.bytes)
        : new Uint8Array();
    return decodeValue(manifest, { array: ({ file }) => loaded.get(file), bytes: () => frame });
  }

  async store({ key, value, async, replace, metadata }: NewEntry): Promise<Metadata> {
    const { encoded, files, checkTaken } = outgoing(value);
    let made: Metadata | undefined;
    let size = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const isStored = await this.#store.put(idsOf(key), {
      ...{ files, replace },
      manifest() {
        checkTaken();
        made = metadata(encoded);
        const manifest = encodeManifest({ key, async, ...encoded, metadata: made });
        const bytes = encoder.encode(manifest);
        size += bytes.byteLength;
        return bytes;
      },
    });
    if (isStored) this.#limits.stored(size);
    return made ?? metadata(encoded);
  }

  async remove(key: EntryKey): Promise<boolean> {
    return await this.#store.remove(idsOf(key));
  }

  async clear(functionId?: string): Promise<void> {
    await this.#store.clear(functionId);
  }

  async *list(functionId?: string): AsyncGenerator<StoredEntry> {
    for await (const { key, bytes, lastUsed } of this.#store.list(functionId)) {
      let manifest: EntryManifest | undefined;
      try {
        manifest = await this.read(key, false);
      } catch (error) {
        if (!isCacheError(error)) throw error;
      }
      if (manifest) yield { path: this.path(key), bytes, lastUsed, manifest };
    }
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

  /** Other stores keep no code. */
  codeRecord(): undefined {
    return undefined;
  }

  async flush(): Promise<void> {
    await this.#limits.settled();
    await this.#store.flush();
  }

  async #loadArray(key: EntryKey, record: ArrayRecord, options: LoadOptions): Promise<unknown> {
    const { file } = record;
    const path = await this.#store.localFile(idsOf(key), file);
    if (path === undefined) return fetchArray(this.#remote(key, file), record, options.verify);
    const marks = { markModified() {}, isModified: () => false };
    const place = { path, position: 0, alone: true, ...marks };
    try {
      return loadArray(place, record, options);
    } catch (error) {
      // A copy can go at any time; whether the entry is gone, too, shows now.
      if (!isAbsent(error)) throw error;
      return fetchArray(this.#remote(key, file), record, options.verify);
    }
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

/** The key alone: what else comes with it is none of the store's business. */
function idsOf({ functionId, codeId, argsId }: EntryKey): EntryKey {
  return { functionId, codeId, argsId };
}
