/**
 * The store: entries in a bucket, and copies of them on this machine.
 *
 * ```
 * put   files under names of their own ── manifest, on a condition ── entry
 *       small files ── inside the manifest's object
 * get   copy on this machine? ── else the manifest's object ── files, when they are asked for
 * ```
 *
 * @module
 */

import { closeSync } from "node:fs";
import { wrongType } from "../../errors.ts";
import {
  type BackendEntry,
  type BackendLock,
  type ExpectedFile,
  type ListedEntry,
  type LockOwner,
  StoreBackend,
  type TakenLock,
} from "../backend.ts";
import type { EntryKey } from "../layout.ts";
import { Bucket } from "./bucket.ts";
import { clear, deleteEntry, deleteListed, sweep } from "./deletion.ts";
import { Lease } from "./lease.ts";
import { listEntries } from "./listing.ts";
import { LocalTier } from "./local-tier.ts";
import { LEASE, ObjectNames } from "./names.ts";
import {
  checkSettings,
  type Place,
  placeOf,
  placeOfAddress,
  type S3BackendOptions,
  type S3Settings,
  type S3StoreOptions,
} from "./options.ts";
import { Pending } from "./pending.ts";
import { Reader } from "./reader.ts";
import { checkSdk } from "./sdk.ts";
import { Sender } from "./sender.ts";
import { bytesOfFile, bytesOfPieces } from "./upload.ts";

/**
 * A store in a bucket of an S3 service: AWS, Ceph, MinIO, R2 and others.
 *
 * Making one asks nothing of the service; the first request does.
 *
 * @example
 * ```ts
 * const store = new S3Store({ bucket: "results", prefix: "team", cacheDir: "./copies" });
 * const memory = new Memory(store, { mmapMode: "r" });
 * ```
 */
export class S3Store extends StoreBackend {
  /** `s3://<bucket>/<prefix>`. */
  readonly location: string;
  readonly #settings: S3Settings;
  readonly #bucket: Bucket;
  readonly #names: ObjectNames;
  readonly #tier: LocalTier | undefined;
  readonly #reader: Reader;
  readonly #sender: Sender;
  readonly #pending: Pending;
  readonly #leases = new Map<string, Lease>();

  /**
   * @throws TypeError, RangeError for wrong options; an error with the code `ERR_MODULE_NOT_FOUND`
   * where the SDK is not installed.
   */
  constructor(options: S3StoreOptions);
  /** The same from an address, as `registerStoreBackend` makes it. */
  constructor(location: string, options?: S3BackendOptions);
  constructor(given: string | S3StoreOptions, others: S3BackendOptions = {}) {
    super();
    const { place, options } = placeAndOptions(given, others);
    this.#settings = checkSettings(options);
    checkSdk();
    const { location, bucket, prefix } = place;
    const { cacheDir, cacheLimits, endpoint = "" } = this.#settings;
    this.location = location;
    this.#bucket = new Bucket(bucket, this.#settings);
    this.#names = new ObjectNames(prefix);
    this.#pending = new Pending(location);
    this.#sender = new Sender(this.#bucket, this.#settings);
    this.#tier =
      cacheDir === undefined
        ? undefined
        : new LocalTier(cacheDir, `${endpoint} ${location}`, cacheLimits);
    this.#reader = new Reader({
      ...{ location, bucket: this.#bucket, names: this.#names },
      ...{ settings: this.#settings, pending: this.#pending, tier: this.#tier },
    });
  }

  override get maps(): boolean {
    return this.#tier !== undefined;
  }

  get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined> {
    return this.#reader.get(key, isUse);
  }

  read(key: EntryKey, file: string, position: number, target: Uint8Array): Promise<number> {
    return this.#reader.read(key, file, position, target);
  }

  override localFile(
    key: EntryKey,
    file: string,
    expected?: ExpectedFile,
  ): Promise<string | undefined> {
    return this.#reader.localFile(key, file, expected);
  }

  async put(key: EntryKey, entry: BackendEntry): Promise<boolean> {
    this.#bucket.checkReachable();
    const name = this.#names.manifest(key);
    const fence = this.#leases.get(name)?.fence ?? 0;
    await this.#sender.begin();
    return await this.#pending.add(name, async (taken) => {
      try {
        return await this.#put(key, name, entry, fence, () => {
          taken();
          entry.taken?.();
        });
      } finally {
        this.#sender.end();
      }
    });
  }

  async remove(key: EntryKey): Promise<boolean> {
    const name = this.#names.manifest(key);
    await this.#pending.of(name);
    this.#reader.forget(key, name);
    return await deleteEntry(this.#bucket, this.#names.entry(key));
  }

  override async removeAll(entries: readonly ListedEntry[]): Promise<readonly ListedEntry[]> {
    for (const { key } of entries) this.#reader.forget(key, this.#names.manifest(key));
    await deleteListed(this.#bucket, this.#names, entries);
    return entries;
  }

  async *list(functionId?: string): AsyncGenerator<ListedEntry> {
    await this.#pending.all();
    yield* listEntries(this.#bucket, this.#names, functionId);
  }

  override async clear(functionId?: string): Promise<void> {
    await this.#pending.all();
    this.#reader.clear(functionId);
    await clear(this.#bucket, this.#names, functionId);
  }

  override async sweep(): Promise<number> {
    return await sweep(this.#bucket, this.#names, this.#settings.graceTime);
  }

  override async lock(
    key: EntryKey,
    owner: LockOwner,
  ): Promise<BackendLock | TakenLock | undefined> {
    const name = this.#names.manifest(key);
    const { leaseTime } = this.#settings;
    const object = this.#names.entry(key) + LEASE;
    const taken = await Lease.take(this.#bucket, object, owner, leaseTime, async (lease) => {
      // Whoever waits for it looks for the entry first.
      await this.#pending.of(name);
      if (this.#leases.get(name) === lease) this.#leases.delete(name);
    });
    if (!(taken instanceof Lease)) return taken;
    this.#leases.set(name, taken);
    return taken;
  }

  /** A lock takes three requests, two of them before the computation: some 10 to 100 ms. */
  override get lockPaysFrom(): number {
    return 1000;
  }

  override async flush(): Promise<void> {
    await this.#pending.all();
    await this.#tier?.flush();
  }

  async #put(
    key: EntryKey,
    name: string,
    entry: BackendEntry,
    fence: number,
    taken: () => void,
  ): Promise<boolean> {
    const prefix = this.#names.entry(key);
    const { files, manifest, replace } = entry;
    const shipment = { prefix, replace, fence, taken };
    this.#reader.renew(name);
    if (!this.#tier) {
      const fromPieces = files.map(({ name: file, byteLength, pieces }) => {
        return { name: file, byteLength, bytes: () => bytesOfPieces(pieces) };
      });
      return await this.#sender.send({ ...shipment, files: fromPieces, manifest });
    }
    const [bytes, open] = this.#tier.keepWhole(key, entry);
    taken();
    try {
      const fromCopies = open.map(({ name: file, byteLength, fd }) => {
        return { name: file, byteLength, bytes: () => bytesOfFile(fd) };
      });
      const isEntry = await this.#sender.send({
        ...shipment,
        files: fromCopies,
        manifest: () => bytes,
      });
      if (!isEntry) this.#tier.remove(key, bytes);
      return isEntry;
    } finally {
      for (const { fd } of open) closeSync(fd);
    }
  }
}

function placeAndOptions(
  given: string | S3StoreOptions,
  others: S3BackendOptions,
): { readonly place: Place; readonly options: S3BackendOptions } {
  if (typeof given === "string") return { place: placeOfAddress(given), options: others };
  if (typeof given !== "object" || given === null) {
    throw wrongType("the first argument of S3Store", "options, or an address", given);
  }
  const { bucket, prefix, ...options } = given;
  return { place: placeOf(bucket, prefix), options };
}
