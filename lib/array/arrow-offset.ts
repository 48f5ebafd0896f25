/**
 * The offsets of lists and strings as numbers.
 *
 * @module
 */

/** Reads offsets of 32 or 64 bits. */
export type OffsetReader = (index: number) => number;

/** A reader of offsets; none are zeros, as those of an empty column may be left out. */
export function offsetReader(offsets: Int32Array | BigInt64Array | undefined): OffsetReader {
  if (offsets === undefined) return () => 0;
  if (offsets instanceof BigInt64Array || offsets.BYTES_PER_ELEMENT === 8) {
    // Two halves: a BigInt for each element costs ten times as much.
    const halves = new Uint32Array(offsets.buffer, offsets.byteOffset, 2 * offsets.length);
    return (index) => (halves[2 * index] ?? 0) + (halves[2 * index + 1] ?? 0) * 2 ** 32;
  }
  return (index) => (offsets as Int32Array)[index] ?? 0;
}
