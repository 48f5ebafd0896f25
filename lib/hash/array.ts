/**
 * Plain arrays in canonical bytes: elements in order, holes as runs.
 *
 * @module
 */

import { writeOwn } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

/** Writes the length and the elements; each run of holes as its length. */
export function writeArray(walk: Walk, array: readonly unknown[]): void {
  const { sink } = walk;
  const { length } = array;
  sink.byte(Tag.array);
  sink.uint64(length);

  let next = 0;
  let holes = 0;
  for (let i = 0; i < length; i++) {
    const item = walk.inert ? dataAt(array, i) : array[i];
    if (item === undefined && !Object.hasOwn(array, i)) {
      // Looking at each index is wasted on an array that is all holes.
      if (++holes > 64 + 8 * (i - holes)) {
        writeSparse(walk, array, length, next);
        return;
      }
      continue;
    }
    writeHoles(walk, i - next);
    next = i + 1;
    if (typeof item === "number") sink.number(item);
    else if (item !== undefined) walk.part(i, item);
    else writeOwn(walk, array, i);
  }
  writeHoles(walk, length - next);
}

/** Writes the elements from `next` on by the keys that exist. */
function writeSparse(walk: Walk, array: readonly unknown[], length: number, start: number): void {
  let next = start;
  for (const key of Object.getOwnPropertyNames(array)) {
    const index = Number(key);
    // Indices come first and in order; behind them stands `length`.
    if (!(index < length)) break;
    if (index < next) continue;
    writeHoles(walk, index - next);
    writeOwn(walk, array, index);
    next = index + 1;
  }
  writeHoles(walk, length - next);
}

/** An element that is data; undefined for what a getter would return. */
function dataAt(array: readonly unknown[], index: number): unknown {
  return Object.getOwnPropertyDescriptor(array, index)?.value;
}

function writeHoles(walk: Walk, count: number): void {
  if (count === 0) return;
  walk.sink.byte(Tag.holes);
  walk.sink.uint64(count);
}
