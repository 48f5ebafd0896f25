/**
 * How large a store may grow, and by what it is judged.
 *
 * @module
 */

import { wrongType, wrongValue } from "../../errors.ts";

/** The most that a store may hold; a limit that is not given does not hold anything back. */
export interface SizeLimits {
  /** Bytes of all files of all entries. */
  readonly bytes?: number | undefined;
  /** Entries. */
  readonly items?: number | undefined;
  /** Milliseconds since the last use of an entry. */
  readonly age?: number | undefined;
}

/** Entries and the bytes of their files. */
export interface Tally {
  /** How many entries. */
  readonly items: number;
  /** The bytes of all their files. */
  readonly bytes: number;
}

/**
 * A number of entries that was given.
 *
 * @param name what the value is for, in the message.
 * @throws TypeError for what is no number; RangeError for a number that is negative or not whole.
 */
export function checkItems(name: string, given: unknown): number {
  const accepted = "a whole number that is not negative";
  if (typeof given !== "number") throw wrongType(name, accepted, given);
  if (!Number.isSafeInteger(given) || given < 0) throw wrongValue(name, accepted, given);
  return given + 0;
}

/**
 * Refuses an entry that alone is larger than the limit of the whole store: everything else would be
 * evicted for it, and then the entry itself.
 *
 * @throws Error with the code `CACHE_OVER_LIMIT`.
 */
export function checkFits({ bytes: limit }: SizeLimits, bytes: number): void {
  if (limit === undefined || bytes <= limit) return;
  const message =
    `it takes ${bytes} bytes, and the limit of the whole cache is ${limit} bytes. ` +
    "Raise limits.bytes, or leave such results out with storeIf";
  throw Object.assign(new Error(message), { code: "CACHE_OVER_LIMIT" });
}

/** Whether one of the limits is given at all. */
export function hasLimits({ bytes, items, age }: SizeLimits): boolean {
  return bytes !== undefined || items !== undefined || age !== undefined;
}

/**
 * Whether the least recently used entry has to go. A store that is exactly as large, and an entry
 * that is exactly as old, as its limit stays; the age 0 leaves nothing.
 *
 * @param lastUse of the least recently used entry; where it lies in the future, it counts as now.
 */
export function exceeds(limits: SizeLimits, held: Tally, lastUse: number, now: number): boolean {
  const { bytes, items, age } = limits;
  return (
    (items !== undefined && held.items > items) ||
    (bytes !== undefined && (held.bytes > bytes || bytes === 0)) ||
    (age !== undefined && (now - lastUse > age || age === 0))
  );
}

/** What an order of eviction goes by. */
interface Evictable {
  readonly lastUse: number;
  readonly argsId: string;
  readonly directory: string;
}

/**
 * Compares entries so that those which go first come first: the least recently used, and of equal
 * ones in the order of their digests, then paths.
 */
export function byLastUse(now: number): (a: Evictable, b: Evictable) => number {
  return (a, b) =>
    Math.min(a.lastUse, now) - Math.min(b.lastUse, now) ||
    compare(a.argsId, b.argsId) ||
    compare(a.directory, b.directory);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
