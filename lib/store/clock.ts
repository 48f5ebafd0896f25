/**
 * The time of day, told so that of two uses in one millisecond the later one has the later time.
 *
 * @module
 */

/** More than the microsecond that modification times are kept to, and exact in binary. */
const STEP = 1 / 512;
let last = 0;

/**
 * Milliseconds since 1970: within the millisecond of `Date.now()`, and later than at the call before,
 * unless that was in a later millisecond because somebody has set the clock.
 */
export function now(): number {
  const wall = Date.now();
  if (last < wall || last >= wall + 1) last = wall;
  else last = Math.min(last + STEP, wall + 1 - STEP);
  return last;
}
