/**
 * Seconds of work.
 *
 * @module
 */

/** Seconds since a time of `performance.now()`. */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
