/**
 * Reading: from copies on this machine where that is right, else from the bucket.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { CacheError } from "../../errors.ts";
import { errorCode, errorMessage, WarnOnce } from "../../warning.ts";
import type { ExpectedFile } from "../backend.ts";
import { isAbsent, writeAll } from "../file.ts";
import type { EntryKey } from "../layout.ts";
import type { Bucket } from "./bucket.ts";
import { Budget } from "./budget.ts";
import { type Downloading, downloadInto, downloadTo } from "./download.ts";
import { S3Error } from "./fault.ts";
import type { LocalTier } from "./local-tier.ts";
import { type ObjectNames, USED } from "./names.ts";
import type { S3Settings } from "./options.ts";
import { unpack } from "./pack.ts";
import type { Pending } from "./pending.ts";
import { Recent } from "./recent.ts";

const MOST_USES = 10_000;

/** What a reader needs of its store. */
export interface ReaderParts {
  readonly location: string;
  readonly bucket: Bucket;
  readonly names: ObjectNames;
  readonly settings: S3Settings;
  readonly pending: Pending;
  readonly tier: LocalTier | undefined;
}

/** Reads the entries of one store. */
export class Reader {
  readonly #location: string;
  readonly #settings: S3Settings;
  readonly #bucket: Bucket;
  readonly #names: ObjectNames;
  readonly #tier: LocalTier | undefined;
  readonly #budget: Budget;
  readonly #pending: Pending;
  readonly #recent = new Recent();
  readonly #uses = new Map<string, number>();
  readonly #warnings = new WarnOnce();
  #recordsUses = true;

  constructor({ location, bucket, names, settings, pending, tier }: ReaderParts) {
    this.#location = location;
    this.#bucket = bucket;
    this.#names = names;
    this.#settings = settings;
    this.#pending = pending;
    this.#tier = tier;
    this.#budget = new Budget(settings.bytesInFlight);
  }

  /** The manifest of an entry; see {@link StoreBackend.get}. */
  async get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined> {
    const name = this.#names.manifest(key);
    const isBeingStored = this.#pending.has(name);
    const { revalidate } = this.#settings;
    const copy = isUse || isBeingStored ? this.#tier?.manifest(key) : undefined;
    if (copy && (isBeingStored || !revalidate)) return copy;
    await this.#pending.of(name);
    if (!copy) return await this.#fetch(key, name, isUse);
    try {
      return await this.#fetch(key, name, isUse, copy);
    } catch (error) {
      const message = `${this.#location} cannot be asked, copies are used: ${errorMessage(error)}`;
      this.#warnings.warn("revalidate", errorCode(error), message);
      return copy;
    }
  }

  /** Fills memory from a file; see {@link StoreBackend.read}. */
  async read(key: EntryKey, file: string, position: number, target: Uint8Array): Promise<number> {
    const name = this.#names.manifest(key);
    await this.#pending.of(name);
    const recent = this.#recent.get(name)?.files?.get(file);
    if (recent) return copyOut(recent, file, position, target);

    const object = this.#names.entry(key) + file;
    const size =
      target.byteLength === 0
        ? (await this.#bucket.head(object))?.bytes
        : await downloadInto(this.#downloading(), object, position, target);
    if (size !== undefined) return size;
    await this.#fetch(key, name, false);
    const packed = this.#recent.get(name)?.files?.get(file);
    if (packed) return copyOut(packed, file, position, target);
    throw Object.assign(new Error(`${this.#location} has no object ${object}`), { code: "ENOENT" });
  }

  /** The path of a copy of a file; see {@link StoreBackend.localFile}. */
  async localFile(
    key: EntryKey,
    file: string,
    expected?: ExpectedFile,
  ): Promise<string | undefined> {
    const tier = this.#tier;
    if (!tier) return undefined;
    const there = tier.path(key, file, expected);
    if (there !== undefined) return there;
    const name = this.#names.manifest(key);
    const size = expected?.byteLength ?? (await this.#sizeOf(key, file));
    if (size === undefined) return undefined;
    const wanted = expected ?? { byteLength: size, offset: 0 };
    const isSmall = this.#recent.get(name)?.files?.has(file) ?? false;
    try {
      const path = await tier.copy(key, file, wanted, (fd) => this.#copyTo(key, file, size, fd));
      // The manifest that is copied may be that of an entry which was replaced since.
      if (path === undefined && !isSmall) tier.remove(key);
      return path;
    } catch (error) {
      if (error instanceof CacheError) tier.remove(key);
      if (!isOfDisk(error)) throw error;
      this.#warnOfDisk(error);
      return undefined;
    }
  }

  /** Keeps nothing of an entry any more, here and on this machine. */
  forget(key: EntryKey, name: string): void {
    this.#recent.delete(name);
    this.#tier?.remove(key);
  }

  /** Keeps nothing of the entries of a function, or of any. */
  clear(functionId?: string): void {
    this.#recent.clear();
    this.#tier?.clear(functionId);
  }

  /** Makes the next look a fresh one: the entry is being replaced. */
  renew(name: string): void {
    this.#recent.delete(name);
  }

  /** The manifest from the bucket, kept for what is asked next. */
  async #fetch(
    key: EntryKey,
    name: string,
    isUse: boolean,
    copy?: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    const etag = copy && (this.#recent.get(name)?.etag ?? tagOf(copy));
    const object = await this.#bucket.get(name, etag);
    if (object === "same") return copy;
    if (object === undefined) {
      this.#recent.delete(name);
      if (copy) this.#tier?.remove(key);
      return undefined;
    }
    const entry = unpack(object);
    this.#recent.set(name, entry);
    this.#copyManifest(key, entry.manifest, isUse, copy);
    if (isUse) this.#noteUse(key, entry.modified);
    return entry.manifest.slice();
  }

  #copyManifest(
    key: EntryKey,
    manifest: Uint8Array,
    isUse: boolean,
    copy: Uint8Array | undefined,
  ): void {
    try {
      if (!isUse) this.#tier?.removeOther(key, manifest);
      else if (!copy || Buffer.compare(copy, manifest) !== 0) this.#tier?.keep(key, manifest);
    } catch (error) {
      this.#warnOfDisk(error);
    }
  }

  /** Writes a file of an entry to an open one; tells whether there is such a file. */
  async #copyTo(key: EntryKey, file: string, size: number, fd: number): Promise<boolean> {
    const name = this.#names.manifest(key);
    const packed = (): boolean => {
      const bytes = this.#recent.get(name)?.files?.get(file);
      if (bytes) writeAll(fd, bytes);
      return bytes !== undefined;
    };
    if (packed()) return true;
    const object = this.#names.entry(key) + file;
    if (await downloadTo(this.#downloading(), object, size, fd)) return true;
    await this.#fetch(key, name, false);
    return packed();
  }

  /** Tells the bucket that an entry was used, in the background. */
  #noteUse(key: EntryKey, modified: number): void {
    const { useResolution } = this.#settings;
    const now = this.#bucket.clock.now();
    const name = this.#names.entry(key) + USED;
    const last = Math.max(this.#uses.get(name) ?? modified, modified);
    if (!this.#recordsUses || now - last <= useResolution) return;
    if (this.#uses.size >= MOST_USES) this.#uses.clear();
    this.#uses.set(name, now);
    const written = this.#bucket.put(name, new Uint8Array(), {}, { is: "any" }, false);
    this.#pending.watch(
      written.catch((error: unknown) => {
        // Who may only read does not make uses known.
        if (error instanceof S3Error && error.status === 403) this.#recordsUses = false;
      }),
    );
  }

  async #sizeOf(key: EntryKey, file: string): Promise<number | undefined> {
    try {
      return await this.read(key, file, 0, new Uint8Array());
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  #downloading(): Downloading {
    return { bucket: this.#bucket, budget: this.#budget, partSize: this.#settings.partSize };
  }

  #warnOfDisk(error: unknown): void {
    const message = `Copies of ${this.#location} cannot be kept: ${errorMessage(error)}`;
    this.#warnings.warn("copies", errorCode(error), message);
  }
}

/** The tag that most services give to an object of these bytes. */
function tagOf(bytes: Uint8Array): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}

function copyOut(bytes: Uint8Array, file: string, position: number, target: Uint8Array): number {
  const end = position + target.byteLength;
  if (end > bytes.byteLength) throw new Error(`${file} ends at byte ${bytes.byteLength}`);
  target.set(bytes.subarray(position, end));
  return bytes.byteLength;
}

/** Whether an error is of the file system, and not of the service. */
function isOfDisk(error: unknown): boolean {
  return error instanceof Error && !(error instanceof S3Error) && "syscall" in error;
}
