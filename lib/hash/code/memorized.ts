/**
 * Memorized functions as parts of other values: each stands for the original inside it, and for what
 * its options say about the code of that.
 *
 * @module
 */

import { types } from "node:util";
import type { AnyFunction } from "../../code/syntax/parse.ts";

/** Under this symbol a memorized function holds the original, for which it stands. */
export const ORIGINAL: unique symbol = Symbol.for("ndmemo.func");

const TOLD: unique symbol = Symbol.for("ndmemo.code");

/** What a user said about the code of a memorized function. */
export interface Told {
  /** Under which the entries are kept: two functions of one version are two functions. */
  readonly functionId: string;
  readonly track: "deep" | "own" | "none";
  /** Stands for all code, unless it is undefined. */
  readonly version?: unknown;
  /** Values by the names of variables, in the place of what is found there. */
  readonly captures?: Readonly<Record<string, unknown>> | undefined;
}

/** The original inside a memorized function, or the function itself. */
export function originalOf(fn: AnyFunction): AnyFunction {
  const original: unknown = heldUnder(fn, ORIGINAL);
  return typeof original === "function" ? original : fn;
}

/** Keeps with a memorized function what was said about its code. */
export function tell(memorized: AnyFunction, told: Told): void {
  Object.defineProperty(memorized, TOLD, { value: told });
}

/** What was said about the code of a memorized function, where that is more than "all of it". */
export function toldOf(fn: AnyFunction): Told | undefined {
  const told = heldUnder(fn, TOLD) as Told | undefined;
  if (told === undefined) return undefined;
  const { track, version, captures } = told;
  const isPlain = track === "deep" && version === undefined && !Object.keys(captures ?? {}).length;
  return isPlain ? undefined : told;
}

function heldUnder(fn: AnyFunction, key: symbol): unknown {
  return types.isProxy(fn) ? undefined : Object.getOwnPropertyDescriptor(fn, key)?.value;
}
