/**
 * A value through the clone and back, with its arrays copied as a store would.
 *
 * @module
 */

import { inspect, isDeepStrictEqual } from "node:util";
import * as assert from "uvu/assert";
import { piecesOf } from "../../lib/array/bytes.ts";
import { type DenseArray, reviveDense } from "../../lib/array/dense.ts";
import { decodeClone, encodeClone } from "../../lib/format/clone.ts";
import type { Content } from "../../lib/format/content.ts";

/** The array of a slot, in memory of its own. */
function copyOf({ className, shared, source }: DenseArray): unknown {
  const { byteLength } = source;
  const buffer = shared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength);
  let at = 0;
  for (const window of piecesOf(source)) {
    new Uint8Array(buffer, at, window.byteLength).set(window);
    at += window.byteLength;
  }
  return reviveDense(className, buffer, 0, byteLength);
}

/** The arrays among contents. */
export function arraysOf(contents: readonly Content[]): DenseArray[] {
  return contents.flatMap((content) => ("array" in content ? [content.array] : []));
}

/** What comes back of a value. */
export function roundTrip<T>(value: T): T {
  const { bytes, contents } = encodeClone(value);
  return decodeClone(bytes, arraysOf(contents).map(copyOf)) as T;
}

const EVERYTHING = {
  depth: Number.POSITIVE_INFINITY,
  showHidden: true,
  maxArrayLength: 100,
  maxStringLength: null,
};

/** Asserts that two values are equal, hidden properties and classes included. */
export function same(actual: unknown, expected: unknown): void {
  assert.is(text(actual), text(expected));
  // Node 20 finds two invalid dates different.
  if (!text(expected).includes("Invalid Date")) assert.ok(isDeepStrictEqual(actual, expected));
}

/** Where an array lies in its buffer, and how large that is, is no part of a value. */
function text(value: unknown): string {
  return inspect(value, EVERYTHING)
    .replace(/\[byteOffset\]: \d+|byteOffset: \d+/g, "")
    .replace(/\[?buffer\]?: (?:Shared)?ArrayBuffer \{[^}]*\}/g, "");
}
