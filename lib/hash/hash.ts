/**
 * The digest of any value: what `hash` exports, and what keys are made of.
 *
 * @module
 */

import { withoutKept } from "../code/syntax/analysis.ts";
import { wrongType, wrongValue } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { writeValue } from "./canonical.ts";
import { byCode } from "./code/function.ts";
import { NEVER_KEPT, plainArrayDigest } from "./plain-array.ts";
import { Sink } from "./sink.ts";
import { isStackOverflow } from "./stack.ts";
import { Walk } from "./walk.ts";
import { digestBytes } from "./xxh3.ts";

/** Options of {@link hash}. */
export interface HashOptions {
  /** The digest: `"xxh3-128"`, the only one there is. */
  readonly name?: "xxh3-128" | undefined;
}

const NAME = "xxh3-128";

/** Of the last numbers: many calls of a function differ from each other in one argument alone. */
const numbers = new Map<number, string>();
const MOST_NUMBERS = 256;

let idle: Walk | undefined;
// The most frequent arguments need no walk.
const short = new Sink();

/**
 * The digest of a value: 32 lower-case hex digits, the same in every process and on every machine.
 *
 * Two values have the same digest exactly when `util.isDeepStrictEqual` holds for them; functions are
 * compared by their code. Arrays are read in place and never copied.
 *
 * @example
 * ```ts
 * hash({ a: 1, b: 2 }) === hash({ b: 2, a: 1 }); // true
 * hash([1, , 3]) === hash([1, undefined, 3]); // false
 * ```
 * @throws CacheError `ERR_UNHASHABLE`, with the path to the part that has no digest.
 * @throws TypeError or RangeError for a wrong option.
 */
export function hash(value: unknown, options?: HashOptions): string {
  if (options !== undefined) checkOptions<HashOptions>("hash", options, { name: digestName });
  return withoutKept(() => digestValue(value, "value"));
}

/**
 * The digest of a value, which error messages and paths call `root`.
 *
 * May be called while it runs, by a getter of the value.
 *
 * @throws CacheError `ERR_UNHASHABLE`, with the path to the part that has no digest.
 */
export function digestValue(value: unknown, root: string): string {
  if (typeof value === "number") return digestNumber(value);
  const array = ArrayBuffer.isView(value) ? plainArrayDigest(short, value) : undefined;
  if (array !== undefined) return array;
  const walk = idle ?? new Walk(writeValue, byCode);
  idle = undefined;
  try {
    return walk.run(value, root).toString("hex");
  } catch (error) {
    throw isStackOverflow(error) ? walk.nestedTooDeeply(error) : error;
  } finally {
    walk.reset();
    idle = walk;
  }
}

function digestNumber(value: number): string {
  // A map takes -0 for 0.
  const isKept = !Object.is(value, -0);
  const known = isKept ? numbers.get(value) : undefined;
  if (known !== undefined) return known;
  short.open(NEVER_KEPT);
  short.number(value);
  const digest = digestBytes(short.take());
  if (!isKept) return digest;
  if (numbers.size >= MOST_NUMBERS) numbers.clear();
  numbers.set(value, digest);
  return digest;
}

function digestName(name: string, value: unknown): "xxh3-128" {
  if (typeof value !== "string") throw wrongType(name, `"${NAME}"`, value);
  if (value !== NAME) throw wrongValue(name, `"${NAME}"`, value);
  return NAME;
}
