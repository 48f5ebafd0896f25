/**
 * Seeded inputs: every run, and the peer, see the same bytes.
 *
 * @module
 */

/** The length of a float64 array of 256 MiB. */
export const LENGTH_256_MIB: number = 2 ** 25;
/** The length of one of 64 MiB. */
export const LENGTH_64_MIB: number = 2 ** 23;
/** The length of one of 1 GiB. */
export const LENGTH_1_GIB: number = 2 ** 27;
/** The length of one of 6 GiB. */
export const LENGTH_6_GIB: number = 3 * 2 ** 28;

/** A random walk of float64 numbers; the Python peer makes the same one. */
export function walk(length: number): Float64Array {
  const values = new Float64Array(length);
  let state = 12_345;
  let at = 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    at += state / 0x7fffffff - 0.5;
    values[i] = at;
  }
  return values;
}

/** Whole numbers that walk up and down by up to 50; the peers make the same ones. */
export function counts(length: number): Int32Array {
  const values = new Int32Array(length);
  let state = 12_345;
  let at = 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    at += ((state >>> 16) % 101) - 50;
    values[i] = at;
  }
  return values;
}

/** The same in hundredths of a degree. */
export function temperatures(length: number): Float64Array {
  return Float64Array.from(counts(length), (value) => value / 100);
}
