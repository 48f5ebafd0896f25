/**
 * Objects and classes with state that nobody outside can see.
 *
 * @module
 */

import { createRequire } from "node:module";
import { transformSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { isCacheError } from "../../lib/errors.ts";
import { type Code, codeOf } from "../../lib/hash/code/code.ts";
import { hash } from "../../lib/hash/hash.ts";
import { registerType } from "../../lib/type/registry.ts";

const deep = (fn: AnyFunction): Code => codeOf(fn, "deep");

/** A closure of its own over these values, from text: compilers rename and rewrite. */
function closure(code: string, values: Record<string, unknown> = {}): AnyFunction {
  return new Function(...Object.keys(values), `return (${code}\n)`)(...Object.values(values));
}

const instance = (code: string, values: Record<string, unknown> = {}): object =>
  Reflect.construct(closure(code, values), []);

const refused =
  (says: RegExp) =>
  (error: unknown): boolean =>
    isCacheError(error, "ERR_UNHASHABLE") && says.test(error.message);

test("the class of a captured instance with private state counts, with what it reaches", () => {
  const of = (body: string, k = 1): Code => {
    const helper = closure("() => k", { k });
    const it = instance(`class A { #x = 1; m() { return ${body} } }`, { helper });
    return deep(closure("() => data[0].m()", { data: [it] }));
  };
  assert.is(of("helper()").codeId, of("helper()").codeId);
  assert.is.not(of("helper()").codeId, of("-helper()").codeId);
  assert.is.not(of("helper()").codeId, of("helper()", 2).codeId);
  assert.equal(
    of("1").leftOut.map(({ name }) => name),
    ["data[0]"],
  );
  assert.not(of("1").complete);
});

test("the superclass of a captured instance with private state counts, and what is visible of it", () => {
  const of = (body: string, k: number): string => {
    const A = closure(`class A { #x = 1; m() { return ${body} } }`);
    const it = instance("class B extends A { constructor() { super(); this.k = k } }", { A, k });
    return deep(closure("() => it.m()", { it })).codeId;
  };
  assert.is(of("1", 1), of("1", 1));
  assert.is.not(of("1", 1), of("2", 1));
  assert.is.not(of("1", 1), of("1", 2));
});

const classes: Readonly<Record<string, (body: string) => string>> = {
  "a subclass of an Intl object": (body) =>
    `class A extends Intl.NumberFormat { m() { return ${body} } }`,
  "a subclass of WeakMap": (body) => `class A extends WeakMap { m() { return ${body} } }`,
  "a class with a symbol of its own": (body) =>
    `class A { [Symbol("a")] = 1; m() { return ${body} } }`,
};

for (const [name, code] of Object.entries(classes)) {
  test(`the code of ${name} counts where its captured instance is left out`, () => {
    const of = (body: string): Code => deep(closure("() => it", { it: instance(code(body)) }));
    assert.is(of("1").codeId, of("1").codeId);
    assert.is.not(of("1").codeId, of("2").codeId);
    assert.is(of("1").leftOut[0]?.name, "it");
  });
}

const source = `
  class Field { #x; constructor(x) { this.#x = x } get() { return this.#x } }
  class Written { #x; constructor(x) { this.#x = x } }
  class Method { #m() { return 1 } n() { return this.#m() } }
  return { Field, Written, Method };
`;

const text = `export function make() {${source}}`;
const tsc = (target: "ES2021" | "ES2015"): string => {
  const ts = createRequire(import.meta.url)("typescript") as typeof import("typescript");
  const compilerOptions = { target: ts.ScriptTarget[target], module: ts.ModuleKind.CommonJS };
  return ts.transpileModule(text, { compilerOptions }).outputText;
};

const compiled: Readonly<Record<string, string>> = {
  esbuild: transformSync(text, { target: "es2021", format: "cjs" }).code,
  "esbuild, minified": transformSync(text, { target: "es2021", format: "cjs", minify: true }).code,
  "tsc to ES2021": tsc("ES2021"),
  "tsc to ES2015": tsc("ES2015"),
};

for (const [compiler, code] of Object.entries(compiled)) {
  test(`instances with private state are refused as arguments as ${compiler} makes them`, () => {
    assert.not(/this\.#/.test(code), "it is lowered");
    const module = { exports: {} as { make(): Record<string, new (x: number) => object> } };
    new Function("module", "exports", code)(module, module.exports);
    for (const Class of Object.values(module.exports.make())) {
      assert.throws(() => hash({ a: [new Class(1)] }), refused(/private.*registerType/));
    }
  });
}

test("state that is kept in a weak collection by hand is found where the class reaches it", () => {
  const bodies = {
    "the class": "class A { constructor(x) { w.set(this, x) } }",
    "a method": "class A { get x() { return w.get(this) } }",
    "a helper": "class A { get x() { return read(this) } }",
    "a table": "class A { get x() { return all.w.get(this) } }",
  };
  for (const w of [new WeakMap(), new WeakSet()]) {
    for (const [what, body] of Object.entries(bodies)) {
      const read = closure("(object) => w.get(object)", { w });
      const Class = closure(body, { w, read, all: { w } }) as new (x: number) => object;
      if (what === "the class" && w instanceof WeakSet) continue;
      assert.throws(
        () => hash([0, new Class(1)]),
        refused(/collection of objects.*registerType/),
        what,
      );
    }
  }
  const Sub = closure("class B extends A {}", {
    A: closure(bodies["a helper"], { read: closure("(o) => w.get(o)", { w: new WeakMap() }) }),
  });
  assert.throws(() => hash(Reflect.construct(Sub, [])), refused(/class B.*collection of objects/));
});

test("state that is kept in a Map or a Set by instances is found, and not what is kept by names", () => {
  const registers: readonly (readonly [body: string, register: object])[] = [
    ["class A { constructor(x) { r.set(this, x) } get x() { return r.get(this) } }", new Map()],
    ["class A { constructor() { r.add(this) } get open() { return r.has(this) } }", new Set()],
  ];
  for (const [body, r] of registers) {
    const Class = closure(body, { r }) as new (x: number) => object;
    assert.throws(() => hash(new Class(1)), refused(/collection of objects/), body);
  }
  const named = "class A { constructor(x) { this.x = x } get y() { return r.get(this.x) } }";
  const Class = closure(named, { r: new Map([[1, 2]]) }) as new (x: number) => object;
  assert.is(hash(new Class(1)), hash(new Class(1)));
});

test("a registered class may keep its state in a weak collection", () => {
  const w = new WeakMap();
  const Class = closure(
    "class A { constructor(x) { w.set(this, x) } get x() { return w.get(this) } }",
    {
      w,
    },
  ) as new (
    x: number,
  ) => { x: number };
  registerType(Class, { name: "weak/A", encode: ({ x }) => x, decode: (x) => new Class(x) });
  assert.is(hash(new Class(1)), hash(new Class(1)));
  assert.is.not(hash(new Class(1)), hash(new Class(2)));
});

test("a class whose private static state may have changed is refused as an argument", () => {
  const of = (body: string): AnyFunction => closure(`class A { ${body} }`);
  const hidden = [
    "static #k = 0; static set(k) { A.#k = k }",
    "static #k = 0; static more() { this.#k++ }",
    "static #k; static set(k) { [A.#k] = [k] }",
    "static #k; static set(k) { ({ k: A.#k = 1 } = k) }",
    "static #k; static set(all) { for (A.#k of all); }",
    "static #k = []; static add(k) { A.#k.push(k) }",
    "static #k = make()",
  ];
  const make = (): number => 1;
  for (const body of hidden) {
    const Class = closure(`class A { ${body} }`, { make });
    assert.throws(() => hash([Class]), refused(/#k.*cannot be seen/), body);
    const code = deep(closure("() => A", { A: Class }));
    assert.equal(
      code.leftOut.map(({ name }) => name),
      ["A.#k"],
    );
    assert.not(code.complete);
  }
  const seen = [
    "static #k = 1; static get() { return A.#k }",
    "static #k = () => 1",
    "static #m() {} #k = 1; set(k) { this.#k = k }",
    "static #k = -1; static f(o) { o.k = A.#k }",
  ];
  for (const body of seen) {
    assert.is(hash(of(body)), hash(of(body)), body);
    assert.ok(deep(closure("() => A", { A: of(body) })).complete, body);
  }
});

test("a proxy without traps is what it stands for, and one with traps is refused", () => {
  assert.is(hash([new Proxy({ a: 1 }, {})]), hash([{ a: 1 }]));
  assert.is(hash(new Proxy(new Proxy([1], {}), Object.create(null))), hash([1]));
  const run = (): undefined => undefined;
  const traps = { get: run, has: () => false, ownKeys: () => [], getPrototypeOf: () => null };
  const all: object[] = [
    new Proxy({ a: 1 }, { get: run }),
    new Proxy([1], traps),
    new Proxy({}, Object.create({ has: () => false })),
    new Proxy({}, new Proxy({}, {})),
  ];
  for (const proxy of all) {
    assert.throws(
      () => hash({ a: [0, proxy] }),
      (error: unknown) =>
        isCacheError(error, "ERR_UNHASHABLE") &&
        error.path === "value.a[1]" &&
        /trap/.test(error.message),
    );
  }
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.throws(() => hash(proxy), refused(/proxy/));
});

test("what a captured object inherits counts, without a class too", () => {
  const of = (body: string): Code => {
    const base = { m: closure(`() => ${body}`) };
    return deep(closure("() => it.m()", { it: Object.create(Object.create(base)) }));
  };
  assert.is(of("1").codeId, of("1").codeId);
  assert.is.not(of("1").codeId, of("2").codeId);
  assert.ok(of("1").complete);
});

test.run();
