/**
 * The list of frames at the end of a compressed file: a frame that decoders skip.
 *
 * ```
 * 0      4 bytes  5e 2a 4d 18       magic of a skippable frame
 * 4      4 bytes  8 n + 9
 * 8      n times  4 bytes  bytes of a frame
 *                 4 bytes  bytes of its content
 * end-9  4 bytes  n
 * end-5  1 byte   0                 no checksums here: the frames have their own
 * end-4  4 bytes  b1 ea 92 8f       magic of the list
 * ```
 *
 * All numbers are little-endian. This is the "Zstandard Seekable Format" in version 0.1.0:
 * https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md
 *
 * @module
 */

import { CacheError } from "../errors.ts";

const SKIPPABLE_MAGIC = 0x184d2a5e;
const TABLE_MAGIC = 0x8f92eab1;
const FIXED_BYTES = 17;

/** A frame, as the list has it. */
export interface ListedFrame {
  /** Bytes of the frame. */
  readonly bytes: number;
  /** Bytes of its content. */
  readonly rawBytes: number;
}

/** Bytes of the list of so many frames. */
export function seekTableBytes(frames: number): number {
  return FIXED_BYTES + 8 * frames;
}

/** The list of the frames of a file. */
export function encodeSeekTable(frames: readonly ListedFrame[]): Uint8Array {
  const table = Buffer.alloc(seekTableBytes(frames.length));
  table.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  table.writeUInt32LE(table.byteLength - 8, 4);
  for (const [index, { bytes, rawBytes }] of frames.entries()) {
    table.writeUInt32LE(bytes, 8 + 8 * index);
    table.writeUInt32LE(rawBytes, 12 + 8 * index);
  }
  table.writeUInt32LE(frames.length, table.byteLength - 9);
  table.writeUInt32LE(TABLE_MAGIC, table.byteLength - 4);
  return table;
}

/**
 * The bytes of each frame, in order.
 *
 * @param rawBytes what each of them has to hold.
 * @throws CacheError `ERR_CORRUPT_ENTRY` for any other list.
 */
export function decodeSeekTable(bytes: Uint8Array, rawBytes: readonly number[]): number[] {
  const table = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = rawBytes.map((_, index) => table.readUInt32LE(8 + 8 * index));
  const frames = rawBytes.map((raw, index) => ({ bytes: sizes[index] as number, rawBytes: raw }));
  if (encodeSeekTable(frames).every((byte, index) => byte === table[index])) return sizes;
  throw new CacheError("ERR_CORRUPT_ENTRY", "the list of its frames is damaged");
}
