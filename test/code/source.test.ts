import { Script } from "node:vm";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { functionCode, isNativeCode } from "../../lib/code/syntax/source.ts";
import { isCacheError } from "../../lib/errors.ts";

type Thunk = () => unknown;

/** A function from its text, which the compiler of this test does not touch. */
function made(text: string): Thunk {
  return new Function(`return (${text}\n)`)() as Thunk;
}

const code = (text: string): string => functionCode(made(text));

const equal: readonly (readonly [what: string, a: string, b: string])[] = [
  ["line comments", "x => x", "x => // twice\n x"],
  ["block comments", "function f(a) { return a }", "function f(a /* rad */) { /* id */ return a }"],
  ["layout", "function f(a){return a+1}", "function  f( a )\n{\n\treturn a +\n 1\n}"],
  [
    "optional semicolons",
    "function f() { let a = 1; return a; }",
    "function f() { let a = 1\nreturn a }",
  ],
  ["quotes", "() => 'it\\'s'", '() => "it\'s"'],
  ["escapes in strings", "() => 'A'", "() => '\\u0041'"],
  ["parentheses", "(a) => (a + (1))", "a => a + 1"],
  ["trailing commas", "(a, b,) => [a, b,]", "(a, b) => [a, b]"],
  ["the base of a number", "() => 0x10", "() => 16"],
  ["numeric separators", "() => 1_000", "() => 1000"],
  ["the base of a bigint", "() => 0x10n", "() => 1_6n"],
  ["overflowing numbers", "() => 1e999", "() => 2e999"],
  ["quotes of a directive", "() => { 'use strict'; }", '() => { "use strict" }'],
  ["line ends in templates", "() => `a\nb`", "() => `a\r\nb`"],
];

for (const [what, a, b] of equal) {
  test(`${what} do not count`, () => {
    assert.is(code(a), code(b));
  });
}

const different: readonly (readonly [what: string, a: string, b: string])[] = [
  ["a line end after return", "function f(x) { return x }", "function f(x) { return\nx }"],
  ["returning null and returning nothing", "() => { return null }", "() => { return }"],
  ["null and a hole", "() => [null]", "() => [,]"],
  ["null and Infinity", "() => null", "() => 1e999"],
  ["a number and a string", "() => 1", "() => '1'"],
  ["a number and a bigint", "() => 1", "() => 1n"],
  ["a string and a regex", "() => '/a/'", "() => /a/"],
  ["a string and a template", "() => 'a'", "() => `a`"],
  ["regex flags", "() => /a/g", "() => /a/"],
  ["regex patterns", "() => /a/", "() => /b/"],
  ["regex pattern and flags apart", "() => /a/g", "() => /ag/"],
  ["the raw text of a template", "() => String.raw`\\n`", "() => String.raw`\n`"],
  ["an invalid escape in a tagged template", "t => t`\\u`", "t => t`\\x`"],
  ["lone surrogates", "() => '\\ud800'", "() => '\\ud801'"],
  ["a surrogate and its escape", "() => '\\ud800'", "() => '\\\\ud800'"],
  ["a directive and an expression", "() => { 'use strict' }", "() => { ('use strict') }"],
  ["the spelling of a directive", "() => { 'use strict' }", "() => { 'use\\x20strict' }"],
  ["minus zero", "() => -0", "() => 0"],
  ["operators", "(a, b) => a + b", "(a, b) => a - b"],
  ["precedence", "(a, b) => (a + b) * 2", "(a, b) => a + b * 2"],
  ["optional chains cut by parentheses", "a => (a?.b).c", "a => a?.b.c"],
  ["names of variables", "a => a", "b => b"],
  ["the function's name", "function f() {}", "function g() {}"],
  ["an arrow and a function", "() => {}", "function () {}"],
  ["async", "async () => 1", "() => 1"],
  ["generators", "function f() {}", "function* f() {}"],
  ["await", "async a => await a", "async a => a"],
  ["let and const", "() => { let a = 1; return a }", "() => { const a = 1; return a }"],
  ["defaults", "(a = 1) => a", "(a = 2) => a"],
  ["rest", "(...a) => a", "a => a"],
  ["computed keys", "a => ({ [a]: 1 })", "a => ({ a: 1 })"],
  ["order of properties", "() => ({ a: 1, b: 2 })", "() => ({ b: 2, a: 1 })"],
  ["a class field", "class { a = 1 }", "class { a = 2 }"],
  ["static", "class { static a() {} }", "class { a() {} }"],
  ["private names", "class { #a = 1 }", "class { a = 1 }"],
  ["the parent of a class", "class extends Array {}", "class extends Map {}"],
];

for (const [what, a, b] of different) {
  test(`${what} count`, () => {
    assert.is.not(code(a), code(b));
  });
}

test("strings give one code exactly when they are equal", () => {
  const text = fc.string({ unit: "binary", maxLength: 3 });
  const anyText = fc.oneof(
    text,
    fc.string({ unit: fc.constantFrom("\ud800", "\udfff", '"', "\\") }),
  );
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      const codes = [a, b].map((value) => code(`() => ${JSON.stringify(value)}`));
      assert.is(codes[0] === codes[1], a === b);
    }),
  );
});

test("numbers give one code exactly when they are one value", () => {
  const value = fc.oneof(fc.double({ min: 0, noNaN: true }), fc.maxSafeNat());
  fc.assert(
    fc.property(value, value, (a, b) => {
      assert.is(code(`() => ${a}`), code(`() => ${a.toExponential()}`));
      assert.is(code(`() => ${a}`) === code(`() => ${b}`), a === b);
    }),
  );
});

const members: readonly (readonly [what: string, text: string, other: string])[] = [
  ["a method", "{ m(a) { return a } }", "{ m(a) { return -a } }"],
  ["an async method", "{ async m() {} }", "{ m() {} }"],
  ["a generator method", "{ *m() {} }", "{ m() {} }"],
  [
    "an async generator with a computed name",
    "{ async *[Symbol.iterator]() {} }",
    "{ *[Symbol.iterator]() {} }",
  ],
  ["a method with a string for a name", "{ 'a b'() { return 1 } }", "{ 'a b'() { return 2 } }"],
  ["a method called get", "{ get() { return 1 } }", "{ get() { return 2 } }"],
  ["a method called async", "{ async() { return 1 } }", "{ async() { return 2 } }"],
  ["a method called static", "{ static() { return 1 } }", "{ static() { return 2 } }"],
  ["a method with super", "{ m() { return super.m() } }", "{ m() { return super.n() } }"],
];

for (const [what, text, other] of members) {
  test(`${what} is told from another by its code, not its layout`, () => {
    const codeOf = (object: string): string => {
      const made = new Function(`return (${object})`)() as Record<PropertyKey, Thunk>;
      return functionCode(made[Reflect.ownKeys(made)[0] as string] as Thunk);
    };
    assert.is(codeOf(text.replaceAll(" {", "\n\t{ /* + */")), codeOf(text));
    assert.is.not(codeOf(text), codeOf(other));
    assert.not.match(codeOf(text), /^source /);
  });
}

test("getters, setters, static and private methods are parsed", () => {
  const made = new Function(`return class {
    #x = 1;
    static get a() { return 1 }
    static set a(value) {}
    static b() { return super.toString() }
    c() { return this.#x + (#x in this) }
    static #d() { return 1 }
    static get d() { return this.#d }
  }`)() as { b: Thunk; d: Thunk; prototype: { c: Thunk } };
  const accessor = Object.getOwnPropertyDescriptor(made, "a");
  for (const fn of [accessor?.get, accessor?.set, made.b, made.prototype.c, made.d, made]) {
    assert.match(functionCode(fn as Thunk), /^(Property|MethodDefinition|ClassExpression)\{/);
  }
});

test("sloppy code and arrows taken out of their context are parsed", () => {
  const texts = [
    "function (a) { with (a) { return b } }",
    "function () { return 010 }",
    "function () { var await = 1, yield = 2; return await + yield }",
    "async (x) => { for await (const y of x) return y }",
  ];
  for (const text of texts) assert.match(code(text), /^(Arrow)?FunctionExpression\{/);
  const arrow = new Function("return () => [new.target, this, arguments]")() as Thunk;
  assert.match(functionCode(arrow), /^ArrowFunctionExpression\{/);
});

test("import.meta is parsed, and HTML comments of scripts do not count", async () => {
  const url = "data:text/javascript,export default () => import.meta.url";
  const loaded = (await import(url)) as { default: Thunk };
  assert.match(functionCode(loaded.default), /^ArrowFunctionExpression\{/);
  assert.is(code("(a) => { a <!-- b\n}"), code("(a) => { a }"));
});

test("a source that cannot be parsed is its own code", () => {
  // Engines accept an assignment to a call until it runs; the grammar does not.
  const one = made("function (f) { f(1) = 2 }");
  const other = made("function (f) { f(1) = 3 }");
  assert.is(functionCode(one), "source function (f) { f(1) = 2 }");
  assert.is.not(functionCode(one), functionCode(other));
});

test("a source nested deeper than the stack is its own code, for as long", () => {
  const text = `() => ${"[".repeat(400)}${"]".repeat(400)}`;
  const deep = made(text);
  const fall = (): string => {
    try {
      return fall();
    } catch {
      return functionCode(deep);
    }
  };
  assert.is(fall(), `source ${text}`);
  assert.match(code(text), /^ArrowFunctionExpression\{/);

  // The same with a tree that is there already.
  const again = made(text);
  const fallAgain = (): string => {
    try {
      return fallAgain();
    } catch {
      return functionCode(again);
    }
  };
  assert.is(fallAgain(), `source ${text}`);
});

test("functions loaded from bytecode, whose source is blank, are refused", () => {
  const source = "(x) => x + 1";
  const script = new Script(source);
  script.runInThisContext()(1);
  const cachedData = script.createCachedData();
  const blank = new Script(" ".repeat(source.length), { cachedData });
  assert.not(blank.cachedDataRejected);
  const fn = blank.runInThisContext() as Thunk;
  assert.throws(
    () => functionCode(fn),
    (error: unknown) => isCacheError(error, "ERR_UNHASHABLE"),
  );
});

test("native code and bound functions are refused", () => {
  for (const fn of [Math.max, Map, made("() => 1").bind(null), new Proxy(made("() => 1"), {})]) {
    assert.ok(isNativeCode(fn));
    assert.throws(
      () => functionCode(fn),
      (error: unknown) =>
        isCacheError(error, "ERR_UNHASHABLE") && /wrap it in a function/.test(error.message),
    );
  }
});

test("functions that speak of native code are not native", () => {
  for (const text of ["() => '{ [native code] }'", "function f() { /* { [native code] } */ }"]) {
    assert.not(isNativeCode(made(text)));
  }
});

test("what is no function is refused", () => {
  assert.throws(() => functionCode({} as Thunk), TypeError);
});

test.run();
