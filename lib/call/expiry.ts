/**
 * Entries that are valid for a while.
 *
 * @module
 */

import { checkDuration, type Duration } from "../store/duration.ts";
import type { Metadata } from "./entries/metadata.ts";

/**
 * A `cacheValidationCallback` for results that are valid for some time after they were computed.
 *
 * @example
 * ```ts
 * memory.cache(fetchPrices, { cacheValidationCallback: expiresAfter({ hours: 12 }) });
 * ```
 * @param duration milliseconds, or an object such as `{ days: 1, hours: 12 }`; 0: never valid.
 * @throws TypeError or RangeError for anything else, an object without any of these among it.
 */
export function expiresAfter(duration: number | Duration): (metadata: Metadata) => boolean {
  const milliseconds = checkDuration("what expiresAfter is given", duration);
  return ({ time }) => Date.now() - 1000 * time < milliseconds;
}
