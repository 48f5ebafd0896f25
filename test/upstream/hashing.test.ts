/**
 * What joblib's `test_hashing.py` asks beyond what `test/hash` has, as ndmemo promises it.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash, Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

// test_hash_numpy_arrays, test_hash_numpy_dict_of_arrays
test("arrays, and objects of them, are equal whichever copy they hold, and differ in content", () => {
  const make = (seed: number): Float64Array =>
    Float64Array.from({ length: 10 }, (_, i) => Math.sin(seed + i));
  const [a, copy, b] = [make(1), make(1), make(2)];
  assert.is(hash(a), hash(copy));
  assert.is.not(hash(a), hash(b));
  assert.is(hash({ a, b }), hash({ a: copy, b }));
  assert.is(hash({ a, b: a }), hash({ a, b: copy }));
  assert.is.not(hash({ a, b }), hash({ a: b, b: a }));
});

// test_dict_hash, test_set_hash
test("what went through the cache has the digest it had before", () =>
  withTmp((directory) => {
    const names = Array.from({ length: 50 }, (_, i) => `#s${(i * 7919) % 50_000}`);
    const values: Record<string, unknown> = {
      object: Object.fromEntries(names.map((name, i) => [name, i])),
      map: new Map(names.map((name, i) => [{ name }, i])),
      set: new Set([...names, 1n, Number.NaN, { a: [1] }]),
      arrays: { a: new Float64Array([1, 2]), b: [Buffer.from("x"), new Int8Array(3)] },
    };
    const cached = new Memory(directory, { verbose: 0 }).cache(function same(value: unknown) {
      return value;
    });
    for (const [name, value] of Object.entries(values)) {
      cached(value);
      assert.is(hash(cached(value)), hash(value), name);
      assert.is.not(cached(value), value);
    }
  }));

// test_set_decimal_hash
test("members of a Set that have no order have one digest in every order", () => {
  assert.is(hash(new Set([0n, Number.NaN])), hash(new Set([Number.NaN, 0n])));
  assert.is(hash(new Set([{ a: 1 }, [2], "3"])), hash(new Set(["3", [2], { a: 1 }])));
  assert.is.not(hash(new Set([0n, Number.NaN])), hash(new Set([0, Number.NaN])));
});

test.run();
