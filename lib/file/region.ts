/**
 * The elements of an array in memory, and whether they are those that a record tells of.
 *
 * @module
 */

import { type ByteSource, windows } from "../array/bytes.ts";
import { CacheError } from "../errors.ts";
import type { ArrayRecord, SidecarRecord } from "../format/manifest.ts";
import { encodeNpyHeader } from "../format/npy.ts";
import { Digest } from "../hash/xxh3.ts";

const MOST_HEADERS = 64;
const headers = new Map<string, Uint8Array>();

/** Bytes in memory or in a map. */
export interface Region {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Fresh memory that has just the size of an array. */
export function newRegion({ bytes: byteLength, shared }: ArrayRecord): Region {
  const buffer = shared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength);
  return { buffer, byteOffset: 0, byteLength };
}

/**
 * Compares the `.npy` header of a file with the one that the record's array has; a table has none.
 *
 * @param where what messages call the file.
 * @param read fills the memory that it is given with the first bytes of the file.
 * @throws CacheError `ERR_CORRUPT_ENTRY` where they differ.
 */
export function checkHeader(
  where: string,
  record: SidecarRecord,
  read: (header: Uint8Array) => void,
): void {
  if ("arrow" in record) return;
  const { offset } = record;
  const expected = headerOf(record);
  if (offset !== expected.byteLength) throw damaged(where, `its header has ${offset} bytes`);
  const found = Buffer.allocUnsafe(expected.byteLength);
  read(found);
  if (!found.equals(expected)) {
    throw damaged(where, "its header is not the one it was written with");
  }
}

/** What the elements of an array are, in a text that is that of no other dtype, order and shape. */
export function contentOf({ descr, order, shape }: ArrayRecord): string {
  return `${descr} ${order} ${shape.join()}`;
}

/**
 * The `.npy` header that the file of an array begins with. The bytes belong to all who ask.
 *
 * @param content what {@link contentOf} says of the record, where that is known.
 */
export function headerOf(record: ArrayRecord, content: string = contentOf(record)): Uint8Array {
  const known = headers.get(content);
  if (known) return known;
  const { descr, order, shape } = record;
  const header = encodeNpyHeader({ descr, fortranOrder: order === "F", shape });
  if (headers.size >= MOST_HEADERS) headers.clear();
  headers.set(content, header);
  return header;
}

/** The checksum of the bytes. */
export function digestOf({ buffer, byteOffset, byteLength }: Region): string {
  const digest = new Digest();
  for (const window of windows(rangeOf(buffer, byteOffset, byteLength))) digest.update(window);
  return digest.hex();
}

/** The error for a file that is not as it was written. */
export function damaged(where: string, what: string): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", `${where} is damaged: ${what}`, { path: where });
}

/** A range as a byte source; not as one view, since a `Uint8Array` ends at 4 GiB on Node 20. */
function rangeOf(buffer: ArrayBufferLike, byteOffset: number, byteLength: number): ByteSource {
  return byteOffset === 0 && buffer.byteLength === byteLength
    ? buffer
    : new DataView(buffer, byteOffset, byteLength);
}
