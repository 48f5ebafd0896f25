/**
 * Option objects: every name is known and every value is of its kind, or the error says what is.
 *
 * @module
 */

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
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw wrongType(`the options of ${of}`, "an object", given);
  }
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks).join(", ") || "none";
      throw new TypeError(`${of} has no option "${name}". Its options are: ${known}`);
    }
    if (value !== undefined) {
      checked[name] = checks[name as keyof T](`the option "${name}" of ${of}`, value);
    }
  }
  return checked as Checked<T>;
}

/** Accepts one of some values. */
export function oneOf<const T>(...accepted: readonly T[]): Check<T> {
  return (name, value) => {
    if ((accepted as readonly unknown[]).includes(value)) return value as T;
    throw wrongType(name, accepted.map((item) => JSON.stringify(item)).join(", "), value);
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
