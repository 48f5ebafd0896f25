/**
 * What `reduceSize` and the option `limits` are told.
 *
 * @module
 */

import { wrongType } from "../errors.ts";
import { type Check, type Checks, checkOptions, flag } from "../options.ts";
import { checkBytes } from "../store/bytes.ts";
import { checkDuration, type Duration } from "../store/duration.ts";
import { checkItems, type SizeLimits } from "../store/limits/size-limits.ts";

/** How far `reduceSize` reduces; a limit that is not given does not count. */
export interface ReduceOptions {
  /** Bytes of all files, as a number or as a text such as `"1.5G"` (units are those of 1024). */
  readonly bytesLimit?: number | string | undefined;
  /** How many entries. */
  readonly itemsLimit?: number | undefined;
  /** The time since the last use: milliseconds, or an object such as `{ days: 7 }`. */
  readonly ageLimit?: number | Duration | undefined;
  /**
   * Only tells what would be removed.
   *
   * @defaultValue `false`
   */
  readonly dryRun?: boolean | undefined;
}

/** What a store may hold; what is over is evicted after stores, the least recently used first. */
export interface Limits {
  /** Bytes of all files, as a number or as a text such as `"10G"` (units are those of 1024). */
  readonly bytes?: number | string | undefined;
  /** How many entries. */
  readonly items?: number | undefined;
  /** The time since the last use: milliseconds, or an object such as `{ days: 7 }`. */
  readonly age?: number | Duration | undefined;
}

const reduceChecks: Checks<ReduceOptions> = {
  bytesLimit: checkBytes,
  itemsLimit: checkItems,
  ageLimit: checkDuration,
  dryRun: flag,
};

const limitChecks: Checks<Limits> = {
  bytes: checkBytes,
  items: checkItems,
  age: checkDuration,
};

/** The options of `reduceSize`, checked. @throws TypeError, RangeError. */
export function checkReduction(options: unknown): {
  readonly limits: SizeLimits;
  readonly dryRun: boolean;
} {
  const {
    bytesLimit,
    itemsLimit,
    ageLimit,
    dryRun = false,
  } = checkOptions<ReduceOptions>("reduceSize", options, reduceChecks);
  const limits = { bytes: bytesLimit, items: itemsLimit, age: ageLimit };
  return { limits: limits as SizeLimits, dryRun };
}

/** Accepts the option `limits`. */
export const checkLimits: Check<Limits> = (name, value) => {
  if (typeof value === "object") return checkOptions<Limits>(name, value, limitChecks);
  throw wrongType(
    name,
    'an object such as { bytes: "10G", items: 1000, age: { days: 30 } }',
    value,
  );
};
