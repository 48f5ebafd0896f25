/**
 * The digest of a mapped array, which its manifest has.
 *
 * @module
 */

import type { ArrayRecord } from "../format/manifest.ts";
import type { KnownDigest } from "../hash/known-digest.ts";
import { readSum } from "../store/sum.ts";
import type { Region } from "./region.ts";
import type { StoredMap } from "./stored-map.ts";

/** A digest that holds while the map is unwritten, and its file as it was stored. */
export class MappedDigest implements KnownDigest {
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly #path: string;
  /** Where the manifest does not have the digest: what tells of the file that may have it. */
  readonly #undigested: ArrayRecord | undefined;
  readonly #stored: StoredMap;
  #digest: string | null;
  #bytes: Buffer | undefined;

  constructor(region: Region, path: string, record: ArrayRecord, stored: StoredMap) {
    this.byteOffset = region.byteOffset;
    this.byteLength = region.byteLength;
    this.#path = path;
    this.#undigested = record.digest === null ? record : undefined;
    this.#stored = stored;
    this.#digest = record.digest;
  }

  isCurrent(): boolean {
    if (!this.#stored.isUnwritten()) return false;
    if (this.#undigested) {
      // One that is computed in the background may be there by now.
      this.#digest ??= readSum({ path: this.#path, ...this.#undigested }) ?? null;
    }
    return this.#digest !== null;
  }

  get digest(): Buffer {
    this.#bytes ??= Buffer.from(this.#digest ?? "", "hex");
    return this.#bytes;
  }
}
