/**
 * Arrays of complex numbers and booleans of stdlib outside an ndarray: dense arrays, as their files
 * are.
 *
 * @module
 */

import { createRequire } from "node:module";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash } from "../../lib/index.ts";

type StdlibClass = new (memory: ArrayBuffer, byteOffset?: number, length?: number) => object;

const require = createRequire(import.meta.url);
const Complex128Array: StdlibClass = require("@stdlib/array/complex128");
const Complex64Array: StdlibClass = require("@stdlib/array/complex64");
const BooleanArray: StdlibClass = require("@stdlib/array/bool");

test("the bytes of an array of stdlib count, wherever in a buffer they lie", () => {
  const parts = fc.array(fc.tuple(fc.double(), fc.double()), { maxLength: 20 });
  fc.assert(
    fc.property(parts, parts, (first, second) => {
      const [a, b] = [Float64Array.from(first.flat()), Float64Array.from(second.flat())];
      const digest = hash(new Complex128Array(a.buffer));
      const moved = new Float64Array(2 + a.length);
      moved.set(a, 2);
      assert.is(hash(new Complex128Array(moved.buffer, 16, first.length)), digest);
      const isSame = Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
      assert.is(hash(new Complex128Array(b.buffer)) === digest, isSame);
    }),
  );
});

test("arrays of stdlib of each class differ, from one another and from the memory under them", () => {
  const { buffer } = new Float64Array(4);
  const classes = [Complex128Array, Complex64Array, BooleanArray];
  const values = [new Float64Array(buffer), ...classes.map((Class) => new Class(buffer))];
  assert.is(new Set(values.map((value) => hash(value))).size, values.length);
});

test("a property that was put on an array of stdlib counts", () => {
  const { buffer } = new Float64Array(4);
  const marked = (unit: string): object => Object.assign(new Complex128Array(buffer), { unit });
  assert.is.not(hash(marked("V")), hash(marked("A")));
  assert.is.not(hash(marked("V")), hash(new Complex128Array(buffer)));
});

test("the code of the class of an array of stdlib does not count, as with every array", () => {
  const { buffer } = new Float64Array(4);
  const digest = hash(new Complex128Array(buffer));
  const prototype = Complex128Array.prototype as Record<string, unknown>;
  prototype["added"] = () => 1;
  try {
    assert.is(hash(new Complex128Array(buffer)), digest);
  } finally {
    delete prototype["added"];
  }
});

test.run();
