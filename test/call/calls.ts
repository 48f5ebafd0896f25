/**
 * Calls of a function written as text, and which of them have one key.
 *
 * @module
 */

import { inspect } from "node:util";
import * as assert from "uvu/assert";
import { argumentsOf, type CountedArguments } from "../../lib/call/arguments/arguments.ts";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { hash } from "../../lib/hash/hash.ts";

/** A class of the user's. */
export class Options {
  debug: unknown;
  tol: unknown;

  constructor(debug: unknown, tol: unknown) {
    this.debug = debug;
    this.tol = tol;
  }
}

/** The function that an expression is. */
export function made(text: string): AnyFunction {
  return new Function(`return (${text}\n)`)() as AnyFunction;
}

/** What counts of the arguments of the function that an expression is. */
export function counted(text: string, ...ignore: string[]): CountedArguments {
  return argumentsOf(made(text), { ignore, name: "f" });
}

/** What tells the arguments of one call from those of others. */
export function keyOf(counts: CountedArguments, args: readonly unknown[]): string {
  return hash(counts.normalise(args).map((arg) => hash(arg)));
}

/**
 * Asserts that exactly those calls share a key which no bar separates, as in
 * `f(1), f(1, 2) | f(1, 3)`. They may speak of `own(…)`, an object with a `__proto__` of its own,
 * `bare(…)`, one without a prototype, and `Options`.
 */
export function sharesKeys(counts: CountedArguments, calls: string): void {
  const own = (value: unknown): unknown => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`);
  const bare = (value: object): object => Object.assign(Object.create(null), value);
  const text = `return [${calls.split(" | ").map((row) => `[${row}]`)}]`;
  const read = new Function("f", "own", "bare", "Options", text);
  const rows = read((...args: unknown[]) => args, own, bare, Options) as unknown[][][];

  const keys = rows.map((row) => new Set(row.map((args) => keyOf(counts, args))));
  for (const [i, { size }] of keys.entries()) assert.is(size, 1, `different: ${inspect(rows[i])}`);
  assert.is(
    new Set(keys.flatMap((row) => [...row])).size,
    rows.length,
    "calls of two rows are equal",
  );
}
