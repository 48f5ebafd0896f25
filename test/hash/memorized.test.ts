/**
 * Memorized functions that other functions call, or are given.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { isCacheError } from "../../lib/errors.ts";
import { type Code, codeOf } from "../../lib/hash/code/code.ts";
import { hash } from "../../lib/hash/hash.ts";
import { type CacheOptions, Memory } from "../../lib/index.ts";

const memory = new Memory(null);

function closure(code: string, values: Record<string, unknown> = {}): AnyFunction {
  return new Function(...Object.keys(values), `return (${code}\n)`)(...Object.values(values));
}

function cached(body: string, options: CacheOptions = {}, k: unknown = 1): AnyFunction {
  const inner = closure(`function inner(x) { return ${body} }`, { k }) as () => unknown;
  return memory.cache(inner, { module: "m", ...options });
}

const outer = (inner: AnyFunction): Code => codeOf(closure("() => inner(1)", { inner }), "deep");

/** Asserts that two memorized functions are one for a function that calls them, and as arguments. */
function same(a: AnyFunction, b: AnyFunction, expected: boolean): void {
  assert.is(outer(a).codeId === outer(b).codeId, expected);
  assert.is(hash(a) === hash(b), expected);
}

test("without options about its code, a memorized function is the original", () => {
  const plain = closure("function inner(x) { return 1 }");
  same(cached("1"), plain, true);
  same(cached("1", { ignore: ["x"], verbose: 0 }), plain, true);
  same(cached("1"), cached("2"), false);
});

test("the version of an inner function stands for its code, and changes the outer one", () => {
  same(cached("1", { version: 1 }), cached("2", { version: 1 }), true);
  same(cached("1", { version: 1 }), cached("1", { version: 2 }), false);
  same(cached("1", { version: 1 }), cached("1"), false);
  same(cached("k", { version: 1 }, 1), cached("k", { version: 1 }, 2), true);
  same(cached("1", { version: 1 }), cached("1", { version: 1, name: "other" }), false);
  assert.equal(
    outer(cached("1", { version: 3 })).reached.map(({ kind, name, id }) => `${kind} ${name} ${id}`),
    ["constant inner.version 3"],
  );
  const Unreadable = new WeakMap();
  const { complete } = outer(cached("k", { version: 1 }, Unreadable));
  assert.ok(complete);
});

test("the captures of an inner function count, in place of what is found there", () => {
  same(cached("k", { captures: { k: 1 } }), cached("k", { captures: { k: 2 } }), false);
  same(cached("k", { captures: { k: 1 } }, 5), cached("k", { captures: { k: 1 } }, 6), true);
  same(cached("k", { captures: { k: 1 } }), cached("-k", { captures: { k: 1 } }), false);
  same(
    cached("k", { version: 1, captures: { k: 1 } }),
    cached("k", { version: 1, captures: { k: 2 } }),
    false,
  );
  const told = outer(cached("k", { captures: { k: 1 } }, new WeakMap()));
  assert.ok(told.complete);
  assert.equal(told.leftOut, []);
});

test("what an inner function tracks holds for the outer one", () => {
  const own = (body: string, k: number): AnyFunction => cached(body, { track: "own" }, k);
  assert.is(outer(own("k", 1)).codeId, outer(own("k", 2)).codeId);
  assert.is.not(outer(own("k", 1)).codeId, outer(own("-k", 1)).codeId);
  assert.equal(
    outer(own("k", 1)).leftOut.map(({ name }) => name),
    ["inner.k"],
  );
  assert.throws(
    () => hash(own("k", 1)),
    (error: unknown) => isCacheError(error, "ERR_UNHASHABLE"),
  );
  same(cached("1", { track: "none" }), cached("2", { track: "none" }), true);
  same(cached("1", { track: "none" }), cached("1", { track: "none", name: "other" }), false);
});

test("a function that calls itself through its cache ends, whatever it was told", () => {
  for (const options of [{}, { captures: { z: 1 } }, { version: 1 }, { track: "own" }] as const) {
    const make = (): AnyFunction => {
      const scope: { fib?: AnyFunction } = {};
      const fib = closure("(n) => (n < 2 ? n : scope.fib(n - 1))", { scope }) as () => unknown;
      scope.fib = memory.cache(fib, { name: "fib", module: "m", ...options });
      return scope.fib;
    };
    assert.is(outer(make()).codeId, outer(make()).codeId);
  }
});

test.run();
