/**
 * An entry on its way up: its files, then the object that makes it an entry.
 *
 * @module
 */

import { MANIFEST } from "../layout.ts";
import type { Bucket } from "./bucket.ts";
import { Budget } from "./budget.ts";
import { deleteReplaced } from "./deletion.ts";
import { S3Error } from "./fault.ts";
import type { S3Settings } from "./options.ts";
import { isPackable, type PackedFile, pack } from "./pack.ts";
import { PartMemory } from "./part-memory.ts";
import { publish } from "./publish.ts";
import { type Bytes, type Upload, upload } from "./upload.ts";

/** A file that is to be uploaded. */
export interface NewFile {
  readonly name: string;
  readonly byteLength: number;
  /** Its bytes; asked for once. */
  readonly bytes: () => Bytes;
}

/** An entry that is to be uploaded. */
export interface Shipment {
  /** What the names of its objects begin with. */
  readonly prefix: string;
  readonly files: readonly NewFile[];
  /** Asked for when all bytes of all files were taken. */
  readonly manifest: () => Uint8Array;
  readonly replace: boolean;
  readonly fence: number;
  /** Called when nothing more is needed from outside. */
  readonly taken: () => void;
}

const MOST_AT_ONCE = 32;

/** Uploads entries, a bounded number of bytes at once. */
export class Sender {
  readonly #bucket: Bucket;
  readonly #budget: Budget;
  readonly #places = new Budget(MOST_AT_ONCE);
  readonly #memory: PartMemory;
  readonly #partSize: number;

  constructor(bucket: Bucket, { bytesInFlight, partSize }: S3Settings) {
    this.#bucket = bucket;
    this.#budget = new Budget(bytesInFlight);
    this.#memory = new PartMemory(partSize);
    this.#partSize = partSize;
  }

  /** Resolves when there is a place for one more entry on its way. */
  begin(): Promise<void> {
    return this.#places.take(1);
  }

  /** Gives the place back. */
  end(): void {
    this.#places.give(1);
  }

  /** Uploads an entry; tells whether it is now the entry. Where it is not, nothing of it is left. */
  async send({ prefix, files, manifest, ...entry }: Shipment): Promise<boolean> {
    const { replace, fence, taken } = entry;
    if (!replace && (await this.#isFutile(prefix, files))) return false;
    const uploads: Upload[] = [];
    const packed: PackedFile[] = [];
    const discard = async (): Promise<void> => {
      await Promise.allSettled(uploads.map(({ done }) => done));
      const names = packed.length > 0 ? [] : files.map(({ name }) => prefix + name);
      // What stays behind belongs to no entry, and is found by a sweep.
      await this.#bucket.delete(names).catch(() => undefined);
    };
    const name = prefix + MANIFEST;
    let object: ReturnType<typeof pack>;
    try {
      const isSmall = isPackable(files);
      for (const { name: file, byteLength, bytes } of files) {
        if (isSmall) packed.push({ name: file, bytes: await inMemory(bytes(), byteLength) });
        else uploads.push(await this.#upload(prefix + file, byteLength, bytes()));
      }
      object = pack(manifest().slice(), packed);
      taken();
      await Promise.all(uploads.map(({ done }) => done));
    } catch (error) {
      await discard();
      throw error;
    }
    try {
      const published = await publish(this.#bucket, { name, ...object, replace, fence });
      if (!published.isEntry) await discard();
      const { replaced } = published;
      if (replaced) await deleteReplaced(this.#bucket, prefix, replaced).catch(() => undefined);
      return published.isEntry;
    } catch (error) {
      // Where nobody knows whether it is the entry now, its files have to stay.
      if (!(error instanceof S3Error && error.isUnknown)) await discard();
      throw error;
    }
  }

  /** Before much is uploaded in vain, a look is worth its cost. */
  async #isFutile(prefix: string, files: readonly NewFile[]): Promise<boolean> {
    const bytes = files.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes <= this.#partSize) return false;
    return (await this.#bucket.head(prefix + MANIFEST)) !== undefined;
  }

  #upload(name: string, byteLength: number, bytes: Bytes): Promise<Upload> {
    const [bucket, budget] = [this.#bucket, this.#budget];
    const by = { bucket, budget, memory: this.#memory, partSize: this.#partSize };
    return upload(by, name, byteLength, bytes);
  }
}

async function inMemory(bytes: Bytes, byteLength: number): Promise<Uint8Array> {
  const memory = new Uint8Array(byteLength);
  await bytes.fill(memory);
  await bytes.end();
  return memory;
}
