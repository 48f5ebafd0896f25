/**
 * Option objects: every name is known and every value is of its kind, or the error says what is.
 *
 * @module
 */

import { types } from "node:util";
import { wrongType, wrongValue } from "./errors.ts";

/** A function that returns the value of an option, or throws where it is of the wrong kind. */
export type Check<T> = (name: string, value: unknown) => T;

/** One check for each option. */
export type Checks<T> = { readonly [Name in keyof T]-?: Check<Exclude<T[Name], undefined>> };

/** Options that were given and checked; none of them is `undefined`. */
export type Checked<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/**
 * The options that were given, checked; an option that is `undefined` counts as not given.
 *
 * @param of whose options they are, for the message.
 */
export function checkOptions<T>(of: string, given: unknown, checks: Checks<T>): Checked<T> {
  const isValue = ArrayBuffer.isView(given) || types.isPromise(given) || Array.isArray(given);
  if (typeof given !== "object" || given === null || isValue) {
    throw wrongType(`the options of ${of}`, "an object", given);
  }
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks);
      const near = known.find((each) => isAlmost(each, name));
      const meant = near === undefined ? "" : `. Did you mean "${near}"?`;
      throw new TypeError(
        `${of} has no option "${name}". Its options are: ${known.join(", ") || "none"}${meant}`,
      );
    }
    if (value !== undefined) {
      checked[name] = checks[name as keyof T](`the option "${name}" of ${of}`, value);
    }
  }
  return checked as Checked<T>;
}

/** Whether a name is another one with other capitals, underscores, or up to two wrong letters. */
function isAlmost(known: string, given: string): boolean {
  const [a, b] = [known, given].map((name) => name.replace(/[^a-z0-9]/gi, "").toLowerCase());
  if (a === undefined || b === undefined || Math.abs(a.length - b.length) > 2) return false;
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const row = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const changed = (before[j] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(changed, (before[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    before = row;
  }
  return (before.at(-1) ?? 0) <= Math.min(2, Math.floor(a.length / 3));
}

/** Accepts one of some values. */
export function oneOf<const T>(...accepted: readonly T[]): Check<T> {
  return (name, value) => {
    if ((accepted as readonly unknown[]).includes(value)) return value as T;
    const texts = accepted.map((item) => JSON.stringify(item));
    throw wrongType(name, `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`, value);
  };
}

/** Accepts a string that is not empty. */
export const text: Check<string> = (name, value) => {
  if (typeof value !== "string") throw wrongType(name, "a string", value);
  if (value === "") throw wrongValue(name, "a string that is not empty", value);
  return value;
};

/** Accepts a number that is not negative. */
export const level: Check<number> = (name, value) => {
  if (typeof value !== "number") throw wrongType(name, "a number", value);
  if (!(value >= 0)) throw wrongValue(name, "a number that is not negative", value);
  return value;
};

/** Accepts `true` and `false`. */
export const flag: Check<boolean> = (name, value) => {
  if (typeof value === "boolean") return value;
  throw wrongType(name, "true or false", value);
};

/** Accepts a function, of whatever type the option says. */
export const callable: Check<never> = (name, value) => {
  if (typeof value === "function") return value as never;
  throw wrongType(name, "a function", value);
};

/** Accepts an object that is no array. */
export const record: Check<Readonly<Record<string, unknown>>> = (name, value) => {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isObject) return value as Readonly<Record<string, unknown>>;
  throw wrongType(name, "an object", value);
};

/** Accepts a list of strings. */
export const names: Check<readonly string[]> = (name, value) => {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw wrongType(name, "an array of strings", value);
};

/** Accepts everything. */
export const anything: Check<never> = (_name, value) => value as never;
