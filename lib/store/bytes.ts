/**
 * A number of bytes as users write it: `1000`, `"10k"`, `"1.5 GiB"`.
 *
 * @module
 */

import { wrongType, wrongValue } from "../errors.ts";

const ACCEPTED =
  'a number of bytes that is not negative, or a string such as "500k", "1.5G", "1GB" or "1GiB" ' +
  "(units k, M, G, T and P, each 1024 times the one before)";

const UNITS = "kmgtp";
const PATTERN = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(?:([kmgtp])(?:i?b)?|b)?\s*$/i;

/**
 * The whole number of bytes that was given; a fraction is dropped.
 *
 * @param name what the value is for, in the message.
 * @throws TypeError for what is neither number nor string; RangeError for a negative or infinite
 * number, NaN, and a string of another form.
 */
export function checkBytes(name: string, given: unknown): number {
  if (typeof given !== "number" && typeof given !== "string") {
    throw wrongType(name, ACCEPTED, given);
  }
  const bytes = typeof given === "number" ? given : parse(given);
  if (!Number.isFinite(bytes) || bytes < 0) throw wrongValue(name, ACCEPTED, given);
  // -0 becomes 0.
  return Math.floor(bytes) + 0;
}

function parse(text: string): number {
  const [, digits, unit = ""] = PATTERN.exec(text) ?? [];
  const power = unit === "" ? 0 : UNITS.indexOf(unit.toLowerCase()) + 1;
  return digits === undefined ? Number.NaN : Number(digits) * 1024 ** power;
}
