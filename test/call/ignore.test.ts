import { inspect } from "node:util";
import { transformSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { argumentsOf } from "../../lib/call/arguments/arguments.ts";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { hash } from "../../lib/hash/hash.ts";
import { registerType } from "../../lib/type/registry.ts";
import { counted, keyOf, made, sharesKeys } from "./calls.ts";

const forms: readonly (readonly [text: string, ignore: string, calls: string])[] = [
  // Parameters.
  [
    "(a, b) => a",
    "b",
    "f(1), f(1, 2), f(1, undefined), f(1, new Map()) | f(2) | f(), f(undefined, 3)",
  ],
  ["(a, b, c) => a", "b", "f(1, 2, 3), f(1, 4, 3) | f(1, 3), f(1) | f(1, 2, 4)"],
  ["(a, b = 2) => a", "a", "f(), f(1), f(1, 2) | f(1, 3), f(2, 3)"],
  ["(a, b) => a", "a b", "f(), f(1), f(1, 2)"],
  ["(a, b) => a", "b b", "f(1), f(1, 2) | f(2)"],
  ["function f(a, a) { return a }", "a", "f(), f(1), f(1, 2) | f(1, 2, 3)"],
  ["({ m(a, b) { return this } }).m", "this b", "f(1), f(1, 2) | f(2)"],
  ["new (class { m(a, b) { return this } })().m", "b", "f(1), f(1, 2) | f(2)"],
  ["(a, b) => a", "b", "f(1, Promise.resolve()), f(1, new WeakMap()) | f(2)"],

  // Rest parameters.
  [
    "(a, ...xs) => a",
    "xs",
    "f(1), f(1, 2), f(1, 2, 3), f(1, undefined) | f(), f(undefined) | f(2)",
  ],
  ["(...xs) => xs", "xs", "f(), f(1), f(undefined, 2)"],
  ["(a, ...xs) => xs", "a", "f(), f(1) | f(1, 2), f(2, 2) | f(1, undefined)"],

  // Functions that see how many arguments there were.
  [
    "function f(a, b) { return arguments }",
    "b",
    "f(1), f(1, 2) | f() | f(undefined), f(undefined, 2)",
  ],
  ["function f(a, ...xs) { return arguments }", "xs", "f() | f(undefined), f(undefined, 1)"],
  ["function f({ a }) { return arguments }", "a", "f({ a: 1 }), f({}) | f({ b: undefined })"],

  // Variables of patterns.
  ["({ debug, tol }) => tol", "debug", "f({ debug: 1, tol: 2 }), f({ tol: 2 }) | f({ tol: 3 })"],
  [
    "({ verbose: debug }) => debug",
    "debug",
    "f({ verbose: 1 }), f({ verbose: 2 }) | f({ debug: 1 }), f({ debug: 1, verbose: 2 })",
  ],
  [
    "({ debug = 1, tol = 2 } = {}) => tol",
    "debug",
    "f(), f({}), f({ debug: 3 }), f({ tol: 2 }) | f({ tol: 3 })",
  ],
  [
    "({ a: { b, c } = {} }) => b",
    "b",
    "f({}), f({ a: { b: 1 } }), f({ a: { b: 2 } }) | f({ a: { c: 1 } })",
  ],
  [
    "({ a, ...others }) => a",
    "others",
    "f({ a: 1 }), f({ a: 1, b: 2 }), f({ a: 1, [Symbol.iterator]: 3 }) | f({ a: 2 }) | f({ b: 2 })",
  ],
  ["([a, b, c]) => a", "b", "f([1, 2, 3]), f([1, 4, 3]) | f([1, 3]) | f([1, 2, 4])"],
  ["([a, ...b]) => a", "b", "f([1]), f([1, 2]), f([1, 2, 3]) | f([2]) | f([])"],
  ["([a, { b }]) => a", "b", "f([1, { b: 1 }]), f([1, { b: 2 }]) | f([1, { b: 1, c: 1 }])"],
  [
    "({ a, b: { [a]: c } }, d) => a",
    "a d",
    "f({ a: 1 }), f({ a: 2 }, 3) | f({ a: 1, b: { c: 1 } })",
  ],

  // Properties.
  [
    "(a, options) => a",
    "options.debug",
    "f(1, { debug: 1 }), f(1, { debug: 2 }), f(1, {}) | f(1, { tol: 1 }), f(1, { tol: 1, debug: 1 }) | " +
      "f(1) | f(1, null) | f(1, 'x') | f(1, bare({})), f(1, bare({ debug: 1 }))",
  ],
  [
    "(o) => o",
    "o.a.b",
    "f({ a: { b: 1 } }), f({ a: { b: 2 } }), f({ a: {} }) | f({}) | f({ a: undefined }) | " +
      "f({ a: null }) | f({ a: { c: 1 } }), f({ a: { c: 1, b: 2 } })",
  ],
  ["(o) => o", "o.a o.b", "f({ a: 1 }), f({ b: 2 }) | f({ c: 3 }), f({ a: 1, b: 1, c: 3 })"],
  ["(o = { a: 1, tol: 2 }) => o", "o.a", "f(), f({ tol: 2 }), f({ a: 2, tol: 2 }) | f({})"],
  ["({ solver }) => solver", "solver.a", "f({ solver: { a: 1 } }), f({ solver: {} }) | f({})"],
  ["(o) => o", "o.__proto__", "f(own(1)), f({}) | f({ a: 1 })"],
  ["(o) => o", "o.toString", "f({ toString: 1 }), f({}) | f({ a: 1 })"],
  ["(o, p) => o", "o p.debug", "f(1, {}), f(2, { debug: 1 }) | f(1), f(2)"],
  ["(o) => o", "o o.debug", "f(1), f({ debug: 1 }), f(new Map())"],
  [
    "(o) => o",
    "o.debug",
    "f(new Options(1, 2)), f(new Options(3, 2)) | f(new Options(1, 3)) | f({ debug: 1, tol: 2 })",
  ],
];

for (const [text, ignore, calls] of forms) {
  test(`of ${text} without ${ignore} the calls ${calls} share keys`, () => {
    sharesKeys(counted(text, ...ignore.split(" ")), calls);
  });
}

test("a function that is cached with and without ignore finds no entry of the other", () => {
  const text = "(a, { b } = {}, ...c) => a";
  const whole = counted(text);
  for (const ignore of ["a", "b", "c"]) {
    for (const args of [[1, {}], []]) {
      assert.is.not(keyOf(whole, args), keyOf(counted(text, ignore), args));
    }
  }
});

test("the receiver is left out where that is said, of functions that have one", () => {
  assert.is(counted("({ m(a) { return this } }).m", "this").ignoresThis, true);
  assert.is(counted("function (a) {}", "a", "this").ignoresThis, true);
  assert.is(counted("function (a) {}", "a").ignoresThis, false);
  assert.is(counted("(a) => a").ignoresThis, false);
});

const map = new Map([["debug", 1]]);
const list = new (class Own extends Array {})(2);
const getter = (name: string, value?: unknown): object =>
  Object.defineProperty({}, name, { get: () => value, enumerable: true });
function* reversed(this: unknown[]): Iterable<unknown> {
  yield* this.toReversed();
}
class Computed {
  get debug(): object {
    return {};
  }
}

const unfit: readonly (readonly [text: string, ignore: string, value: unknown, message: RegExp])[] =
  [
    [
      "(o) => o",
      "o.debug",
      map,
      /Cannot ignore "o\.debug": o is Map\(1\) .* no plain object.*"key"/,
    ],
    ["(o) => o", "o.debug", [1], /o is \[ 1 \]/],
    ["(o) => o", "o.debug", new Float64Array(1), /o is Float64Array\(1\)/],
    ["(o) => o", "o.debug", () => 1, /o is \[Function/],
    ["(o) => o", "o.debug", new (class Own extends Map {})(), /o is Own\(0\)/],
    ["(o) => o", "o.debug", Object.setPrototypeOf(new Map(), null), /o is \[Map/],
    ["(o) => o", "o.debug", { [Symbol.toStringTag]: "X" }, /o is .* says itself what it is/],
    ["(o) => o", "o.debug", getter("tol"), /o is \{ tol: \[Getter\] \}, which has a getter/],
    ["(o) => o", "o.debug.x", getter("debug"), /which has a getter "debug"/],
    ["(o) => o", "o.debug", new Computed(), /inherits "debug" from its class/],
    ["(o) => o", "o.debug.x", new Computed(), /inherits "debug" from its class/],
    ["(o) => o", "o.a.debug", { a: new Set([1]) }, /o\.a is Set\(1\)/],
    ["({ a: { b } }) => b", "b", { a: new Date(0) }, /args\[0\]\.a is 1970/],
    ["({ a: [b] }) => b", "b", { a: list }, /args\[0\]\.a is Own\(2\)/],
    ["([a, b]) => a", "b", new Set([1, 2]), /args\[0\] is Set\(2\) .* no plain array/],
    [
      "([a, b]) => a",
      "b",
      Object.assign([1, 2], { [Symbol.iterator]: reversed }),
      /no plain array/,
    ],
  ];

for (const [text, ignore, value, message] of unfit) {
  test(`${ignore} cannot be ignored of ${inspect(value, { compact: true })}`, () => {
    const counts = counted(text, ignore);
    assert.throws(
      () => counts.normalise([value]),
      (error: unknown) => error instanceof TypeError && message.test(error.message),
    );
  });
}

test("nothing is ignored of an instance of a registered class", () => {
  class Matrix {
    debug = 1;
  }
  registerType(Matrix, { name: "test/Matrix", encode: () => 1, decode: () => new Matrix() });
  const { normalise } = counted("(o) => o", "o.debug");
  assert.throws(() => normalise([new Matrix()]), /is of a registered class.*"key"/);
});

test("a class with private state is refused by its hash, in part or whole", () => {
  class Secret {
    readonly debug = 1;
    readonly #state = 2;
    state(): number {
      return this.#state;
    }
  }
  const [form] = counted("(o) => o", "o.debug").normalise([new Secret()]);
  assert.throws(() => hash(form), /private \(#\) state/);
});

const wrong: readonly (readonly [text: string, ignore: unknown, message: RegExp])[] = [
  ["(a) => a", "a", /^Expected an array of names of parameters for the option "ignore", got 'a'$/],
  ["(a) => a", null, /Expected an array of names/],
  ["(a) => a", [1], /Expected an array of names/],
  ["(a) => a", new Array(1), /Expected an array of names/],
  [
    "(data, { debug: d }, ...rest) => d",
    ["debug"],
    /^f has no parameter "debug" to ignore: its parameters are data, d, rest$/,
  ],
  ["() => 1", ["a"], /^f has no parameter "a" to ignore: it has no parameters$/],
  ["(data) => data", [""], /no parameter ""/],
  ["(data) => data", ["data."], /no parameter "data\."/],
  ["(data) => data", ["data..x"], /no parameter "data\.\.x"/],
  ["(data) => data", [".data"], /no parameter "\.data"/],
  ["(data) => data", ["toString"], /no parameter "toString"/],
  ["(data) => data", ["data", "date"], /no parameter "date"/],
  ["({ solver: { debug } }) => debug", ["solver.debug"], /its parameters are debug$/],
  ["({ [k]: debug }) => debug", ["debug"], /"debug" stands in a pattern with a computed.*"key"/],
  ["({ a: debug, a: b }) => debug", ["debug"], /a computed or repeated property/],
  ["(...{ length }) => length", ["length"], /behind a rest/],
  ["(...xs) => xs", ["xs.0"], /"xs" is a rest.*"key"/],
  ["({ a, ...xs }) => xs", ["xs.b"], /"xs" is a rest/],
  ["(a) => a", ["this"], /^Cannot ignore "this" of f: it is an arrow function/],
  ["((a) => a).bind(null)", ["a"], /^Cannot ignore "a" of f: its parameters are not known.*"key"/],
  ["Math.max", ["a"], /its parameters are not known/],
];

for (const [text, ignore, message] of wrong) {
  test(`ignoring ${inspect(ignore)} of ${text} is refused at once`, () => {
    assert.throws(
      () => argumentsOf(made(text), { ignore, name: "f" }),
      (error: unknown) => error instanceof TypeError && message.test(error.message),
    );
  });
}

test("ignoring by name in minified code is an error that says so", () => {
  const { code } = transformSync(
    `export function solve(data, options = {}, debug = false) {
      if (debug) console.log(data);
      return data.map((value) => value * options.scale);
    }`,
    { minify: true, format: "cjs" },
  );
  const module = { exports: {} as Record<string, AnyFunction> };
  new Function("module", "exports", code)(module, module.exports);
  const fn = module.exports["solve"] as AnyFunction;
  for (const ignore of ["debug", "options.scale"]) {
    assert.throws(() => argumentsOf(fn, { ignore: [ignore], name: "solve" }), /minified.*"key"/);
  }
  sharesKeys(argumentsOf(fn, { name: "solve" }), "f([1]), f([1], {}, false) | f([1], {}, true)");
});

test("the name of a property that is spelled almost like one that the function reads is refused", () => {
  const misspelled: readonly (readonly [text: string, item: string, meant: string])[] = [
    ["(x, options) => options.debug", "options.debgu", "options.debug"],
    ["(x, options) => options.debug", "options.debg", "options.debug"],
    ["(x, options) => options['debug']", "options.ddebug.a", "options.debug"],
    [
      "(x, options) => { const { debug: d, tol } = options; return d }",
      "options.deb8g",
      "options.debug",
    ],
    ["(x, options = { debug: 1 }) => x", "options.Debug", "options.debug"],
    ["({ options }) => options.debug", "options.debgu", "options.debug"],
  ];
  for (const [text, item, meant] of misspelled) {
    assert.throws(
      () => counted(text, item),
      (error: unknown) =>
        error instanceof TypeError && error.message.includes(`did you mean "${meant}"`),
      text,
    );
  }
  const accepted: readonly (readonly [text: string, item: string])[] = [
    ["(x, options) => options.debug", "options.debug"],
    ["(x, options) => options.debug", "options.verbose"],
    ["(x, options) => [options.debug, options]", "options.debgu"],
    ["(x, options) => [options.debug, options[x]]", "options.debgu"],
    ["(x, options) => { const { debug, ...others } = options; return others }", "options.debgu"],
    ["function f(x, options) { return [options.debug, arguments] }", "options.debgu"],
  ];
  for (const [text, item] of accepted) counted(text, item);
});

test.run();
