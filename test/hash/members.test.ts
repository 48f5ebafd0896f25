import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { codeOf } from "../../lib/hash/code/code.ts";

/** A closure of its own over these values, from text: compilers rename and rewrite. */
function closure(code: string, values: Record<string, unknown> = {}): AnyFunction {
  return new Function(...Object.keys(values), `return (${code}\n)`)(...Object.values(values));
}

const id = (code: string, o: unknown): string => codeOf(closure(code, { o }), "deep").codeId;

const object = (code: string, b: unknown): unknown => new Function("b", `return ${code}`)(b);

/** Functions of an object `o` with a member `b` that only some of them can depend on. */
const cases: readonly (readonly [what: string, object: string, code: string, whole: boolean])[] = [
  ["a member", "{ a: 1, b }", "() => o.a", false],
  ["a member by its text", "{ a: 1, b }", "() => o['a']", false],
  ["a member of a member", "{ a: { c: 1 }, b }", "() => o.a.c", false],
  ["a member of an object without prototype", "{ __proto__: null, a: 1, b }", "() => o?.a", false],
  ["a function", "{ a: (x) => x, b }", "() => o.a(1)", false],
  ["a getter", "{ get a() { return 1 }, b }", "() => o.a", false],
  ["a class", "{ A: class { m() { return this } }, b }", "() => new o.A()", false],
  ["a member that is put there too", "{ a: 1, b }", "() => (o.a = o.a + 1)", false],
  ["the member in question", "{ a: 1, b }", "() => o.b", true],
  ["one of both", "{ a: 1, b }", "(x) => x ? o.a : o.b", true],
  ["a computed member", "{ a: 1, b }", "(x) => o[x]", true],
  ["the whole", "{ a: 1, b }", "() => [o.a, o]", true],
  ["the whole in a function within", "{ a: 1, b }", "() => () => ({ ...o })", true],
  ["a method that uses this", "{ a() { return this.b }, b }", "() => o.a()", true],
  ["a getter that uses this", "{ get a() { return this.b }, b }", "() => o.a", true],
  ["a native method", "{ a: Object.prototype.hasOwnProperty, b }", "() => o.a('b')", true],
  ["an inherited method", "{ a: 1, b }", "() => o.valueOf()", true],
  ["a member that is not there", "{ a: 1, b }", "() => o.c", true],
  ["a member of an instance", "new (class A { a = 1; b = b })()", "() => o.a", true],
  ["a member of a list", "[b]", "() => o.length", true],
  ["a member of a Map", "new Map([[1, b]])", "() => o.size", true],
];

for (const [what, text, code, whole] of cases) {
  test(`taking ${what} counts ${whole ? "the rest of the object too" : "nothing but that"}`, () => {
    assert.is(id(code, object(text, 1)), id(code, object(text, 1)));
    assert.is(id(code, object(text, 1)) === id(code, object(text, 2)), !whole);
  });
}

test("members count by name and by what they are", () => {
  const code = "() => [o.a, o.c]";
  const ids = [
    id(code, { a: 1, c: 2 }),
    id(code, { a: 2, c: 1 }),
    id(code, { a: 1, c: undefined }),
    id(code, { a: 1 }),
    id(code, { a: 1, c: (x: number) => x }),
    id(code, { a: 1, c: (x: number) => -x }),
    id(code, {
      a: 1,
      get c() {
        return 2;
      },
    }),
    id("() => [o]", { a: 1, c: 2 }),
  ];
  assert.is(new Set(ids).size, ids.length);
});

test("members are listed by their path, and captures can name one", () => {
  const fn = closure("() => [o.a(), o.c]", { o: { a: () => 1, c: new WeakMap() } });
  const code = codeOf(fn, "deep");
  assert.equal(
    code.reached.map(({ kind, name }) => `${kind} ${name}`),
    ["function o.a"],
  );
  assert.equal(
    code.leftOut.map(({ name }) => name),
    ["o.c"],
  );
  assert.ok(codeOf(fn, { track: "deep", captures: { "o.c": 1 } }).complete);
});

test("a method that is added to a class is listed under its prototype", () => {
  const Solver = closure("class Solver {}");
  Object.assign(Solver.prototype, { step: closure("() => 1") });
  const { reached } = codeOf(closure("() => Solver", { Solver }), "deep");
  assert.equal(
    reached.map(({ kind, name }) => `${kind} ${name}`),
    ["class Solver", "function Solver.prototype.step"],
  );
});

test.run();
