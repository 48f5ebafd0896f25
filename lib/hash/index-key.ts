/**
 * Which properties of an array are not its elements, found without listing the elements.
 *
 * @module
 */

import { inspect, types } from "node:util";
import { elementCount } from "./dense.ts";
import type { Walk } from "./walk.ts";

const NO_KEYS: readonly string[] = [];
// Up to here listing the keys of an array is cheaper than the 4 µs of inspect.
const SHORT = 64;
const BRIEFLY = { maxArrayLength: 0, maxStringLength: 0, depth: 0, customInspect: false } as const;
// Listing the keys of an array takes some 100 bytes for each element.
const MAX_LISTED = 2 ** 22;

/** The enumerable string keys of an array, typed array or boxed string that are no indices. */
export function keysBesidesIndices(walk: Walk, value: object): readonly string[] {
  const isTyped = types.isTypedArray(value);
  const length: number = isTyped ? elementCount(value) : Reflect.get(value, "length");
  if (length > SHORT && isBare(value, length)) return NO_KEYS;
  if (isTyped && length > MAX_LISTED) {
    throw walk.refusal(
      value,
      "has properties besides its elements, which are too many to tell apart",
      "pass the array without them, and them as an argument of their own",
    );
  }
  const keys = Object.keys(value);
  const last = keys.at(-1);
  // Indices come first, except among the keys of a proxy.
  if (last === undefined || (isIndex(last, length) && !types.isProxy(value))) return NO_KEYS;
  return keys.filter((key) => !isIndex(key, length));
}

/**
 * Whether a typed array of so many elements has no enumerable property besides them. `false` may also
 * mean that this cannot tell.
 */
export function hasOnlyIndices(array: object, length: number): boolean {
  if (Object.getOwnPropertySymbols(array).length > 0) return false;
  return length > SHORT ? isBare(array, length) : Object.keys(array).length === length;
}

/**
 * Whether an array has no enumerable property besides its elements: `inspect` asks the engine for
 * the other keys alone, and shows nothing behind the elements if there are none. `false` may also
 * mean that this cannot tell.
 */
function isBare(value: object, length: number): boolean {
  if (types.isProxy(value)) return false;
  try {
    const shown = inspect(value, BRIEFLY);
    return shown.endsWith(`[ ... ${length} more items ]`);
  } catch {
    return false;
  }
}

function isIndex(key: string, length: number): boolean {
  const index = Number(key);
  return index >= 0 && index < length && Number.isInteger(index) && String(index) === key;
}
