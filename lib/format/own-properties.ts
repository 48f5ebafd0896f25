/**
 * What properties an array has besides its elements, found without a look at each element.
 *
 * Asking for all keys makes a string of every index: of a typed array of 2^30 elements it makes more
 * than memory holds. `util.inspect` asks V8 for the other keys only, in some microseconds at any
 * length; its text is not parsed here, only compared with that of an array that has none.
 *
 * @module
 */

import { type InspectOptions, inspect } from "node:util";
import { type DenseArray, reviveDense } from "../array/dense.ts";
import type { TypedArray } from "../array/dtype.ts";

const FEW = 64;

/** An array with more holes than this is looked at by its keys. */
const MANY_HOLES = 1024;

const BRIEF: InspectOptions = {
  maxArrayLength: 0,
  depth: 0,
  showHidden: true,
  customInspect: false,
  colors: false,
  numericSeparator: false,
  compact: true,
  breakLength: Number.POSITIVE_INFINITY,
};

/** Own properties with these names deceive, or run code of the object in, what is below. */
const MISLEADING = [
  ...["buffer", "byteOffset", "byteLength", "length", "constructor"],
  Symbol.toStringTag,
];

/** As `Reflect.ownKeys`, which takes five times as long. */
export function ownKeys(object: object): readonly PropertyKey[] {
  const names = Object.getOwnPropertyNames(object);
  const symbols = Object.getOwnPropertySymbols(object);
  return symbols.length === 0 ? names : [...names, ...symbols];
}

/** Whether a typed array has properties of its own, be they hidden. */
export function hasOwnProperties(array: TypedArray, { className }: DenseArray): boolean {
  if (MISLEADING.some((name) => Object.hasOwn(array, name))) return true;
  const { buffer, byteOffset, byteLength, length } = array;
  if (length <= FEW) return ownKeys(array).length > length;
  const pristine = reviveDense(className, buffer, byteOffset, byteLength);
  return inspect(array, BRIEF) !== inspect(pristine, BRIEF);
}

/**
 * Whether a plain array has no properties but its elements and its length. Where that is not cheap
 * to see the answer is false.
 */
function hasOnlyElements(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length <= FEW) {
    // Indices come first, then the length: it is in its place if no hole and nothing else is there.
    const names = Object.getOwnPropertyNames(array);
    const isWhole = names.length === length + 1 && names[length] === "length";
    return isWhole && Object.getOwnPropertySymbols(array).length === 0;
  }
  if (MISLEADING.some((name) => name !== "length" && Object.hasOwn(array, name))) {
    return false;
  }
  return inspect(array, BRIEF) === `[ ... ${length} more items, [length]: ${length} ]`;
}

/**
 * Calls a function with the key of each element and property of a plain array but its length.
 *
 * Indices are tried one after the other, which needs no list of them, until many turn out to be
 * holes; then what was visited may be visited again.
 *
 * @param visit returns whether there is something under the key.
 */
export function eachKey(array: readonly unknown[], visit: (key: PropertyKey) => boolean): void {
  if (hasOnlyElements(array)) {
    let index = 0;
    for (let holes = 0; index < array.length && holes <= MANY_HOLES; index++) {
      if (!visit(index)) holes += 1;
    }
    if (index === array.length) return;
  }
  for (const key of ownKeys(array)) if (key !== "length") visit(key);
}
