/**
 * Finds the argument because of which a function never hits: a time, a random number, an identifier
 * that is another one at every call.
 *
 * Calls that differ in one argument are no mistake in themselves: a parameter is swept, data arrive.
 * So the argument must also look as if it never came back.
 *
 * @module
 */

import { types } from "node:util";
import { isPlainObject } from "./plain-object.ts";

const MOST_MISSES = 10;

/** The calls of one function, watched for an argument that changes each time. */
export class RestlessArgument {
  #misses = 0;
  #isSettled = false;
  #last: readonly string[] | undefined;
  #position: number | undefined;

  /** Whether nothing is to be said of the function any more. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** A call that was a hit: the function is fine. */
  hit(): void {
    this.#isSettled = true;
    this.#last = undefined;
  }

  /**
   * A call that was none.
   *
   * @param parts the digests of the arguments.
   * @param describe what messages call an argument.
   * @returns what to name in a warning, once: the tenth time in a row that the same argument alone
   * differed from the call before, and looks as if it never came back.
   */
  miss(
    parts: readonly string[],
    args: readonly unknown[],
    describe: (position: number) => string,
  ): string | undefined {
    if (this.#isSettled) return undefined;
    const position = onlyDifference(this.#last, parts);
    this.#misses = position !== undefined && position === this.#position ? this.#misses + 1 : 1;
    this.#last = parts;
    this.#position = position;
    if (position === undefined || this.#misses < MOST_MISSES) return undefined;
    this.hit();
    const path = fleeting(args[position]);
    return path === undefined ? undefined : `${describe(position)}${path}`;
  }
}

/** The only position in which two lists differ. */
function onlyDifference(
  before: readonly string[] | undefined,
  now: readonly string[],
): number | undefined {
  if (before?.length !== now.length) return undefined;
  const differing = now.flatMap((part, i) => (part === before[i] ? [] : i));
  return differing.length === 1 ? differing[0] : undefined;
}

/** The path to what looks as if it never came back: `""` for the value itself. */
function fleeting(value: unknown): string | undefined {
  if (looksFleeting(value)) return "";
  if (!isPlainObject(value)) return undefined;
  const names = Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(
    ([name, property]) => (looksFleeting(property.value) ? name : []),
  );
  return names.length === 1 ? `.${names[0]}` : undefined;
}

/** Times, identifiers, and numbers with more digits than a person would write. */
function looksFleeting(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? Math.abs(value) >= 1e9 : `${value}`.length > 12;
    case "bigint":
      return value >= 1_000_000_000n;
    case "string":
      return value.length >= 16 && /\d/.test(value);
    default:
      return types.isDate(value);
  }
}
