import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasPrivateState } from "../../lib/code/syntax/private.ts";

type Constructor = new () => object;

const evaluated = (text: string): Constructor => new Function(`return ${text}`)() as Constructor;

const cases: readonly (readonly [what: string, text: string, expected: boolean])[] = [
  ["a private field", "class { #x = 1 }", true],
  ["a private field without a value", "class A { #x; a = 1 }", true],
  ["a private method", "class { #m() {} }", true],
  ["a private getter", "class { get #a() { return 1 } }", true],
  ["a private setter", "class { set #a(value) {} }", true],
  ["a private async generator", "class { async *#a() {} }", true],
  ["a private name with an escape", "class { #\\u0061 = 1 }", true],
  [
    "public members",
    "class { a = 1; b() {} get c() { return 1 } static d = 2; ['#e'] = 1 }",
    false,
  ],
  ["a # in a string", "class { a = '#x = 1' }", false],
  ["a # in a comment", "class { /* #x = 1 */ a = 1 }", false],
  ["a # in a template and a regex", "class { a = `#x`; b = /#x/ }", false],
  [
    "static private members",
    "class { static #x = 1; static #m() {} static { this.#x = 2 } }",
    false,
  ],
  ["a private field of a class within", "class { make() { return class { #x = 1 } } }", false],
  ["a private field of the parent", "class extends (class { #x = 1 }) {}", false],
  ["an empty class", "class {}", false],
  ["a constructor function", "function A() { this.a = 1 }", false],
  [
    "private fields as tsc compiles them",
    "class { constructor() { _a.set(this, 1) } get() { return __classPrivateFieldGet(this, _a, 'f') } }",
    true,
  ],
  [
    "private fields with tsc's helpers imported",
    "class { get() { return tslib_1.__classPrivateFieldGet(this, _a, 'f') } }",
    true,
  ],
  [
    "private fields as esbuild compiles them",
    "class { constructor() { __privateAdd(this, _x, 1) } }",
    true,
  ],
  [
    "private fields as Babel compiles them",
    "class { constructor() { _classPrivateFieldInitSpec(this, _x, 1) } }",
    true,
  ],
  [
    "private fields as swc compiles them",
    "class { constructor() { _class_private_field_init(this, _x, {}) } }",
    true,
  ],
  ["an unreadable class with a private field", "class { #x; a(f) { f() = 1 } }", true],
  ["an unreadable class without one", "class { a(f) { f() = 1 } }", false],
];

for (const [what, text, expected] of cases) {
  test(`${what}: ${expected ? "private" : "no private"} state`, () => {
    assert.is(hasPrivateState(evaluated(text)), expected);
  });
}

test("a class is judged by itself, whatever it inherits", () => {
  const Parent = evaluated("class { #x = 1 }");
  const Child = new Function("Parent", "return class extends Parent {}")(Parent) as Constructor;
  assert.ok(hasPrivateState(Parent));
  assert.not(hasPrivateState(Child));
});

test("native constructors have no private state", () => {
  for (const native of [Object, Map, Float64Array, Promise]) assert.not(hasPrivateState(native));
});

test.run();
