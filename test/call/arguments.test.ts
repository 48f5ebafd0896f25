import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { argumentsOf } from "../../lib/call/arguments/arguments.ts";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { counted, keyOf, Options, sharesKeys } from "./calls.ts";

const forms: readonly (readonly [text: string, calls: string])[] = [
  // Undefined at the end.
  [
    "(a, b) => a",
    "f(1), f(1, undefined), f(1, undefined, undefined) | f(), f(undefined) | f(1, null)",
  ],
  ["(a) => a", "f(1) | f(1, 2), f(1, 2, undefined) | f(1, undefined, 2)"],
  ["(a, ...b) => b", "f(), f(undefined) | f(1) | f(1, undefined) | f(1, undefined, undefined)"],
  ["(...b) => b", "f() | f(undefined)"],
  ["(a, ...{ length }) => length", "f(), f(undefined) | f(1, undefined)"],

  // Defaults.
  ["(a, b = 2) => a", "f(1), f(1, 2), f(1, undefined), f(1, 2, undefined) | f(1, 3) | f(1, null)"],
  ["(a, b = 2, c) => a", "f(1, undefined, 3), f(1, 2, 3) | f(1, 3) | f(1), f(1, 2)"],
  ["(a = 1, b) => a", "f(), f(1) | f(undefined, 2), f(1, 2) | f(2)"],
  ["(a = 1, ...b) => b", "f(), f(1) | f(undefined, undefined), f(1, undefined) | f(1, 2)"],
  ["(a, b = -0) => a", "f(1), f(1, -0) | f(1, 0)"],
  ["(a, b = NaN) => a", "f(1), f(1, NaN)"],
  ["(a, b = [1, { c: 2 }]) => a", "f(1), f(1, [1, { c: 2 }]) | f(1, [])"],
  ["(options = {}) => options", "f(), f({}) | f({ a: undefined })"],
  ["async (a, b = 2) => a", "f(1), f(1, 2) | f(1, 3)"],
  ["({ *m(a, b = 2) {} }).m", "f(1), f(1, 2) | f(1, 3)"],
  ["new (class { m(a, b = 2) { return this } })().m", "f(1), f(1, 2) | f(1, 3)"],
  ["(a, b = void 0, c = 3) => a", "f(1), f(1, undefined, 3) | f(1, null)"],

  // Defaults that are no literals.
  ["(a, b = make()) => a", "f(1), f(1, undefined) | f(1, 2)"],
  ["(a, b = a) => a", "f(1) | f(1, 1)"],
  ["(a, b = /x/) => a", "f(1) | f(1, /x/)"],

  // Functions that see how many arguments there were.
  [
    "function f(a, b = 2) { return arguments }",
    "f(1) | f(1, 2) | f(1, undefined) | f() | f(undefined)",
  ],
  ["function f(a, b = 2) { return eval(a) }", "f(1) | f(1, 2) | f(1, undefined)"],
  ["function f({ b = 2 }) { return arguments }", "f({}) | f({ b: 2 }) | f({ b: undefined })"],
  ["function f(a, b = 2) { return function () { return arguments } }", "f(1), f(1, 2)"],

  // Objects that are taken apart.
  [
    "({ tol = 1e-6, max = 10 } = {}) => tol",
    "f(), f({}), f({ tol: 1e-6 }), f({ tol: undefined }), f({ max: 10, tol: 1e-6 }), f(undefined) | " +
      "f({ tol: 1 }), f({ tol: 1, max: undefined }) | f({ other: 1 }), f({ other: 1, tol: 1e-6 }) | " +
      "f({ tol: null }) | f(bare({})), f(bare({ max: 10 })) | f(null) | f(1)",
  ],
  ["({ a: x = 1 } = {}) => x", "f(), f({ a: 1 }) | f({ x: 1 })"],
  [
    "({ a: { b = 1 } = {} } = {}) => b",
    "f(), f({}), f({ a: {} }), f({ a: { b: 1 } }) | f({ a: { b: 2 } })",
  ],
  ["({ a } = { a: 1, b: 2 }) => a", "f(), f({ a: 1, b: 2 }) | f({ a: 1 })"],
  ["({ a, b = make() }) => a", "f({}), f({ a: undefined }), f({ b: undefined }) | f({ a: 1 })"],
  ["({ a = 1, ...c }) => a", "f({}), f({ a: 1 }) | f({ b: undefined }), f({ a: 1, b: undefined })"],
  ["({ 'a-b': a = 1, 2: b = 2 }) => a", "f({}), f({ 'a-b': 1 }), f({ 2: 2 }) | f({ 'a-b': 2 })"],
  ["({ a = 1 }) => a", "f({ [Symbol.iterator]: 1 }), f({ [Symbol.iterator]: 1, a: 1 }) | f({})"],
  ["([a = 1, b = 2] = []) => a", "f(), f([]), f([1]), f([1, 2]), f([undefined, 2]) | f([2])"],
  ["([a = 1, ...b]) => b", "f([,]), f([1]) | f([, ,]) | f([, 2]), f([1, 2])"],
  ["([{ a = 1 }, ...b]) => a", "f([{}]), f([{ a: 1 }]) | f([{}, undefined])"],

  // Patterns that are not understood, and objects that are not plain.
  ["({ a: x = 1, a: y = 2 }) => x", "f({}) | f({ a: 1 }) | f({ a: 2 })"],
  ["({ a = 1, ['a' + '']: b = 2 }) => a", "f({}) | f({ a: 1 }) | f({ a: 2 })"],
  ["({ toString = 1 }) => toString", "f({}) | f({ toString: 1 }), f({ toString: undefined })"],
  ["({ toString }) => toString", "f({}) | f({ toString: undefined })"],
  ["({ toString = 1 }) => toString", "f(bare({})), f(bare({ toString: 1 })) | f({})"],
  ["({ __proto__: a = 1 }) => a", "f({}) | f(own(1))"],
  ["({ __proto__: a = 1 }) => a", "f(bare({})), f(bare(own(1))) | f(bare(own(2)))"],
  ["({ a = 1 }) => a", "f(own(1)), f(Object.assign(own(1), { a: 1 })) | f({}) | f(own(2))"],
  ["({ debug = 1 }) => debug", "f(new Options(1)) | f(new Options(undefined))"],
  ["({ size = 1 }) => size", "f(new Map([[1, 2]])) | f(new Map()) | f({}), f({ size: 1 })"],
  ["({ length = 0 }) => length", "f([]) | f({}), f({ length: 0 })"],
  ["([a = 1]) => a", "f(new Set()) | f([]) | f(Object.assign([], { [Symbol.iterator]: 1 }))"],
];

for (const [text, calls] of forms) {
  test(`of ${text} the calls ${calls} share keys`, () => {
    sharesKeys(counted(text), calls);
  });
}

test("the arguments themselves are handed on where nothing is to be changed", () => {
  const { normalise } = counted("(a, b = 2, { c = 3 } = {}, ...d) => a");
  const args = [new Float64Array(3), Number.NaN, { c: Number.NaN, d: 5 }, 1, undefined];
  assert.is(normalise(args), args);
});

test("neither the arguments nor what is in them is changed or copied", () => {
  const counts = counted("(a, { b = 1, c, ...d } = {}, e = 5) => a", "c");
  const array = new Float64Array(3);
  const options = Object.freeze({ c: 1, x: array, nested: Object.freeze({ y: 1 }) });
  const args = Object.freeze([array, options]);
  const [first, second, third] = counts.normalise(args) as [unknown, typeof options, number];
  assert.is(first, array);
  assert.is(second.x, array);
  assert.is(second.nested, options.nested);
  assert.is(third, 5);
});

test("a default is not changed by what is done with it", () => {
  const counts = counted("({ a: { b = 1 } = {} } = {}) => b");
  const key = keyOf(counts, []);
  keyOf(counts, [{ a: { c: 2 } }]);
  assert.is(keyOf(counts, []), key);
});

test("getters of the arguments are not run", () => {
  const calls: unknown[] = [];
  const withGetters = (...names: readonly (string | symbol)[]): object => {
    const object = { other: 1 };
    for (const name of names) {
      const get = (): void => void calls.push(name);
      Object.defineProperty(object, name, { get, enumerable: true });
    }
    return object;
  };
  const { normalise } = counted("({ a = 1, b = 2 } = {}) => a");
  for (const names of [["a"], ["c"], ["b", "c"], [Symbol.toStringTag]]) {
    const args = [withGetters(...names)];
    assert.is(normalise(args), args);
  }
  const [left] = counted("(o) => o", "o.debug").normalise([withGetters("debug")]);
  assert.equal(Object.keys(left as object).sort(), ["debug", "other"]);
  assert.equal(calls, []);
});

test("traps of proxies are not run", () => {
  const trap = (): never => {
    throw new Error("trap");
  };
  const handler = { get: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap };
  const args = [new Proxy({}, { ...handler, getPrototypeOf: trap })];
  assert.is(counted("({ a = 1 } = {}) => a").normalise(args), args);
  assert.is(counted("([a = 1] = []) => a").normalise(args), args);
  assert.throws(() => counted("(o) => o", "o.debug").normalise(args), /which is a proxy/);
});

test("objects of other realms are as plain as our own", () => {
  const counts = counted("({ a = 1 } = {}) => a");
  const [one, other] = [runInNewContext("({ b: 2 })"), runInNewContext("({ b: 2, a: 1 })")];
  assert.is(keyOf(counts, [one]), keyOf(counts, [other]));
});

test("objects in a cycle have a normal form, and equal ones keep equal keys", () => {
  const cyclic = (debug: unknown): object => {
    const options: { debug: unknown; self?: object } = { debug };
    options.self = options;
    return options;
  };
  const nested = counted("({ self: { self: { tol = 1 } } }) => tol");
  assert.is(keyOf(nested, [cyclic(1)]), keyOf(nested, [cyclic(1)]));
  assert.is.not(keyOf(nested, [cyclic(1)]), keyOf(nested, [cyclic(2)]));
  const ignoring = counted("(o) => o", "o.debug");
  assert.is(keyOf(ignoring, [cyclic(1)]), keyOf(ignoring, [cyclic(1)]));
});

test("arguments count as they are given where the source cannot be read", () => {
  const bound = ((a: unknown, b = 2): unknown => [a, b]).bind(null) as AnyFunction;
  const counts = argumentsOf(bound, { name: "f" });
  const args = [1, undefined];
  assert.is(counts.normalise(args), args);
  assert.is(counts.nameOf(1), "args[1]");
});

test("the source is not read before it is needed", () => {
  const original = Function.prototype.toString;
  let reads = 0;
  Function.prototype.toString = function (this: AnyFunction): string {
    reads++;
    return original.call(this);
  };
  try {
    const counts = argumentsOf((a: unknown, b = 2) => [a, b], { name: "f" });
    assert.is(reads, 0);
    assert.equal(counts.normalise([1]), [1, 2]);
    assert.ok(reads > 0);
  } finally {
    Function.prototype.toString = original;
  }
});

test("arguments are called by the names of their parameters where they have one", () => {
  const { nameOf } = counted("(x, { a }, [b], options = {}, ...rest) => x");
  const names = ["x", "args[1]", "args[2]", "options", "...rest[0]", "...rest[1]"];
  assert.equal([0, 1, 2, 3, 4, 5].map(nameOf), names);
  assert.equal([0, 1].map(counted("(x) => x").nameOf), ["x", "args[1]"]);
  assert.equal([0, 1].map(counted("(x, ...[y]) => x").nameOf), ["x", "args[1]"]);
});

test("objects of a class stay of their class", () => {
  const counts = counted("({ debug = 1, tol = 2 } = {}) => debug");
  const args = [new Options(1, undefined)];
  assert.is(counts.normalise(args), args);
});

test.run();
