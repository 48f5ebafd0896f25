/**
 * A compressed sidecar: what its file holds, and what the manifest says of it.
 *
 * ```
 * a frame   the head: the header of the `.npy` file, never filtered (none where there is no head)
 * frames    the elements, `frame` bytes of them in each but the last, filtered and compressed
 * a frame   that decoders skip: the list of the frames before it (seek-table.ts)
 * ```
 *
 * Every frame can be decoded on its own. Without a filter, `zstd -d` gives the file as it would be
 * uncompressed.
 *
 * @module
 */

import { CacheError } from "../errors.ts";
import { itemSizeOfDescr } from "./npy-dtype.ts";
import type { Compression } from "./record.ts";
import {
  decodeSeekTable,
  encodeSeekTable,
  type ListedFrame,
  seekTableBytes,
} from "./seek-table.ts";
import { isPossible } from "./zstd.ts";

/** What a compressed sidecar holds, uncompressed. */
export interface Content {
  /** Bytes of the head. */
  readonly offset: number;
  /** Bytes of the elements. */
  readonly bytes: number;
}

/** A frame in its file. */
export interface PlacedFrame extends ListedFrame {
  /** Where it begins. */
  readonly position: number;
}

const SMALLEST_FRAME = 2 ** 12;
const LARGEST_FRAME = 2 ** 27;
/** Nobody has elements larger than this, and no number of frames depends on it. */
const LARGEST_ITEM = 2 ** 10;

/** Bytes of what a filter takes for an element: of a complex number, one of its parts. */
export function filterSize(descr: string): number {
  const itemSize = itemSizeOfDescr(descr) ?? 1;
  return /^[<>=|]?c/.test(descr) ? itemSize / 2 : itemSize;
}

/** The list at the end of a file. */
export function tableOf(frames: readonly ListedFrame[]): Uint8Array {
  return encodeSeekTable(frames);
}

/**
 * Where the list of the frames lies in the file.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where the file is too short for the frames that its content
 * needs. Nothing that grows with the content has been allocated then.
 */
export function tablePlace(
  { offset, bytes }: Content,
  compressed: Compression,
): { readonly position: number; readonly byteLength: number } {
  const { frame, itemSize } = compressed;
  const isPlausible =
    frame >= SMALLEST_FRAME && frame <= LARGEST_FRAME && itemSize >= 1 && itemSize <= LARGEST_ITEM;
  if (!isPlausible) throw corrupt(`frames of ${frame} bytes of elements of ${itemSize}`);
  const count = (offset > 0 ? 1 : 0) + Math.ceil(bytes / frame);
  const byteLength = seekTableBytes(count);
  const position = compressed.bytes - byteLength;
  if (position >= 0 && isPossible(position, offset + bytes)) return { position, byteLength };
  throw corrupt(`${compressed.bytes} bytes cannot stand for ${offset + bytes}`);
}

/**
 * The frames of a file: the head's, where there is one, and those of the elements.
 *
 * @param table the bytes at {@link tablePlace}.
 * @throws CacheError `ERR_CORRUPT_ENTRY` for a list that is not that of this content and this file.
 */
export function framesOf(
  { offset, bytes }: Content,
  compressed: Compression,
  table: Uint8Array,
): readonly PlacedFrame[] {
  const rawSizes = offset > 0 ? [offset] : [];
  for (let done = 0; done < bytes; done += compressed.frame) {
    rawSizes.push(Math.min(compressed.frame, bytes - done));
  }
  let position = 0;
  const frames = decodeSeekTable(table, rawSizes).map((size, index): PlacedFrame => {
    const frame = { position, bytes: size, rawBytes: rawSizes[index] as number };
    if (!isPossible(size, frame.rawBytes)) throw corrupt(`frame ${index} has only ${size} bytes`);
    position += size;
    return frame;
  });
  if (position + table.byteLength === compressed.bytes) return frames;
  throw corrupt(`its frames have ${position} bytes`);
}

function corrupt(what: string): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", `not a whole compressed file: ${what}`);
}
