/**
 * A span of time as users write it: milliseconds, or `{ days: 7, hours: 12 }`.
 *
 * @module
 */

import { wrongType, wrongValue } from "../errors.ts";

/** A span of time; the parts add up, and each may have a fraction. */
export interface Duration {
  /** Seven days each. */
  readonly weeks?: number | undefined;
  /** 24 hours each. */
  readonly days?: number | undefined;
  /** 60 minutes each. */
  readonly hours?: number | undefined;
  /** 60 seconds each. */
  readonly minutes?: number | undefined;
  /** 1000 milliseconds each. */
  readonly seconds?: number | undefined;
  /** Thousandths of a second. */
  readonly milliseconds?: number | undefined;
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  weeks: 604_800_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
};
const NAMES = Object.keys(MILLISECONDS).join(", ");
const ACCEPTED = `milliseconds as a number, or an object such as { days: 7 } (its parts: ${NAMES})`;
const POSITIVE = "a finite number that is not negative";

/**
 * The milliseconds of a span of time.
 *
 * @param name what the value is for, in the message.
 * @throws TypeError for what is neither number nor plain object, for an unknown part, and where there
 * is no part at all, which would be no time; RangeError for a negative or infinite number and NaN.
 */
export function checkDuration(name: string, given: unknown): number {
  if (typeof given === "number") return checkNumber(name, given);
  if (!isPlain(given)) throw wrongType(name, ACCEPTED, given);

  let total: number | undefined;
  for (const [part, amount] of Object.entries(given)) {
    if (!Object.hasOwn(MILLISECONDS, part)) {
      throw new TypeError(`${name} has no part "${part}". Its parts are: ${NAMES}`);
    }
    if (amount === undefined) continue;
    const where = `"${part}" of ${name}`;
    if (typeof amount !== "number") throw wrongType(where, "a number", amount);
    total = (total ?? 0) + checkNumber(where, amount) * (MILLISECONDS[part] ?? Number.NaN);
  }
  if (total === undefined) throw wrongType(name, ACCEPTED, given);
  return checkNumber(name, total);
}

function checkNumber(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw wrongValue(name, POSITIVE, value);
}

/** Objects of a class keep their parts elsewhere and would count as none: a span of 0. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
