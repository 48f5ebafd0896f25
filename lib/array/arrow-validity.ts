/**
 * Which elements of an Arrow column are null: runs of bits.
 *
 * @module
 */

import type { ArrowData } from "./arrow.ts";

/** The bitmap of a piece of a column that has nulls; undefined where all elements are valid. */
export function validityOf(data: ArrowData): Uint8Array | undefined {
  const { nullBitmap } = data;
  if (nullBitmap === undefined || nullBitmap.byteLength === 0) return undefined;
  return data.nullCount > 0 ? nullBitmap : undefined;
}

/** Whether the bit at a place is set. Bits beyond the end are not. */
export function isSet(bits: Uint8Array, at: number): boolean {
  const shift = at % 8;
  return (((bits[(at - shift) / 8] ?? 0) >> shift) & 1) === 1;
}

/** The first place from `start` on, before `end`, whose bit differs from that at `start`; or `end`. */
export function runEnd(bits: Uint8Array, start: number, end: number): number {
  const first = isSet(bits, start);
  const same = first ? 0xff : 0;
  let at = start + 1;
  while (at < end) {
    if (at % 8 === 0 && at + 8 <= end && bits[at / 8] === same) at += 8;
    else if (isSet(bits, at) === first) at++;
    else return at;
  }
  return end;
}

/** How many of `count` bits from `start` on are not set. */
export function countUnset(bits: Uint8Array, start: number, count: number): number {
  const end = start + count;
  let unset = 0;
  let at = start;
  while (at < end) {
    const shift = at % 8;
    const some = Math.min(8 - shift, end - at);
    const byte = ((bits[(at - shift) / 8] ?? 0) >> shift) & (0xff >> (8 - some));
    unset += some - (ONES[byte] ?? 0);
    at += some;
  }
  return unset;
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones;
});
