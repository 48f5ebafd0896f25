import { test } from "uvu";
import * as assert from "uvu/assert";
import { type AnyFunction, parseFunction } from "../../lib/code/syntax/parse.ts";
import {
  assignedVariables,
  filledVariables,
  outerVariables,
  usesThis,
  writtenVariables,
} from "../../lib/code/syntax/scope.ts";

const made = (text: string): AnyFunction => new Function(`return (${text}\n)`)() as AnyFunction;
const method = (text: string): AnyFunction => {
  const object = new Function("k", `return { ${text} }`)("m") as Record<string, AnyFunction>;
  return Object.values(object)[0] as AnyFunction;
};

const free: readonly (readonly [text: string, names: string])[] = [
  // Parameters and defaults.
  ["(a, b) => a + b + c", "c"],
  ["(a = b, c = a) => c", "b"],
  ["({ a, b: { c }, ...d }) => [a, b, c, d]", "b"],
  ["([a, , [b]], ...c) => [a, b, c, d]", "d"],
  ["({ [k]: a = v }) => a", "k v"],
  ["function f(a = x) { var x = 1; return a + x }", "x"],
  ["(a = () => b) => { let b = 1; return a() + b }", "b"],
  ["(a, b = a) => [a, b]", ""],
  // var, let, const.
  ["() => { x = 1; var x }", ""],
  ["() => { if (1) { var x = 1 } return x }", ""],
  ["() => { if (1) { let x = 1 } return x }", "x"],
  ["() => { for (var i = 0; i < n; i++); return i }", "n"],
  ["() => { for (let i = 0; i < n; i++); return i }", "n i"],
  ["() => { for (const x of xs) y(x); return x }", "xs y x"],
  ["() => { for (var x in o) ; return x }", "o"],
  ["() => { for (x of xs); }", "x xs"],
  ["() => { try { var a = 1 } finally { b } return a }", "b"],
  ["() => { var { a, b: [c = d] } = e; return a + c }", "d e"],
  ["() => { ({ a, b: c.d } = e); [f] = g }", "a c e f g"],
  ["() => { const f = () => { var inner = 1 }; return inner }", "inner"],
  ["() => { while (a) { const b = 1; do { b } while (c) } }", "a c"],
  ["(k) => { switch (k) { case a: let b = 1; default: return b } }", "a"],
  ["(k) => { switch (b) { case 1: let b } }", "b"],
  // Functions and classes.
  ["() => { return f(); function f() { return g } }", "g"],
  ["() => { { function f() {} f() } }", ""],
  ["function f() { 'use strict'; { function g() {} } return g }", "g"],
  ["function f(n) { return n ? f(n - 1) : 0 }", ""],
  ["() => { const g = function h() { return h }; return h }", "h"],
  ["(x) => { class A extends B { m() { return A } } return new A(C) }", "B C"],
  ["() => class A { static a = A; b = c; [d] = 1; static { var e = f; e } }", "c d f"],
  ["class A extends Map { constructor() { super(); this.x = y } m() { return A } }", "Map y"],
  ["() => { l: function g() {} g() }", ""],
  // Catch clauses, labels.
  ["() => { try {} catch (e) { e } return e }", "e"],
  ["() => { try {} catch ({ message, ...rest }) { [message, rest] } }", ""],
  ["() => { try {} catch { e } }", "e"],
  ["() => { try {} catch (e) { var e = 1 } return e }", ""],
  ["() => { loop: for (;;) { if (a) break loop; continue loop } }", "a"],
  // Properties.
  ["() => a.b.c", "a"],
  ["() => a[b].c", "a b"],
  ["() => ({ a, b: c, [d]: 1, e() { return g }, get h() { return i } })", "a c d g i"],
  ["() => a?.b?.[c]?.(d)", "a c d"],
  [`() => \`\${a}\${b.c}\``, "a b"],
  [`() => a\`x\${b}\``, "a b"],
  ["() => [...a, f(...b)]", "a f b"],
  // Operators.
  ["() => typeof a", "a"],
  ["() => delete a.b", "a"],
  ["() => { a++; b += 1; c ??= 2 }", "a b c"],
  ["() => [Math.max(1), undefined, NaN, console]", "Math undefined NaN console"],
  ["async () => { await a; for await (const b of c) b; await import(d) }", "a c d"],
  ["function* f() { yield a; yield* b }", "a b"],
  // Duplicates keep the order of the first.
  ["() => [b, a, b, c, a]", "b a c"],
  // Things without an identifier.
  ["function f() { return arguments.length }", ""],
  ["() => arguments.length", "arguments"],
  ["function f() { return () => arguments }", ""],
  ["() => this.x", "this"],
  ["function f() { return this.x }", ""],
  ["() => function () { return this }", ""],
  ["() => () => this", "this"],
  ["() => class { [this.x] = 1; y = this; m() { return this } }", "this"],
  ["class A extends (this.Map ?? Map) { [this.c]() {} d = this }", "this Map"],
  // A helper of the compiler.
  ["() => { const f = __name(() => a, 'f'); return f }", "a"],
];

for (const [text, names] of free) {
  test(`the free variables of ${text}: ${names || "none"}`, () => {
    assert.equal(writtenVariables(made(text)), names.split(" ").filter(Boolean));
  });
}

test("an arrow captures new.target and super", () => {
  const arrows = new Function(`
    class A { m() { return () => super.m } }
    return [() => new.target, new A().m()];
  `)() as AnyFunction[];
  assert.equal(arrows.map(writtenVariables), [["new.target"], ["super"]]);
});

test("import.meta is no variable", async () => {
  const url = "data:text/javascript,export default () => [import.meta.url, a]";
  const loaded = (await import(url)) as { default: AnyFunction };
  assert.equal(writtenVariables(loaded.default), ["a"]);
});

test("a method captures super, its computed name and the private names around it", () => {
  assert.equal(writtenVariables(method("m() { return super.m(a) }")), ["super", "a"]);
  assert.equal(writtenVariables(method("[k]() { return m }")), ["k", "m"]);
  assert.equal(writtenVariables(method("m() { return m }")), ["m"]);
  const A = new Function(
    "return class { #x = 1; m(o) { return #x in o && o.#x } }",
  )() as new () => {
    m: AnyFunction;
  };
  assert.equal(writtenVariables(new A().m), ["#x"]);
  assert.equal(writtenVariables(A), []);
});

test("the variables of a function that evaluates text are unknown", () => {
  for (const text of ["(s) => eval(s)", "() => () => { if (a) eval('b') }"]) {
    assert.is(writtenVariables(made(text)), undefined);
    assert.is(outerVariables(made(text)), undefined);
  }
  assert.equal(writtenVariables(made("(s) => [(0, eval)(s), eval?.(s), o.eval(s)]")), [
    "eval",
    "o",
  ]);
});

test("the variables of code that cannot be read are unknown", () => {
  for (const fn of [Math.max, made("(f) => { f() = 1 }"), made("() => a").bind(null)]) {
    assert.is(writtenVariables(fn), undefined);
    assert.is(outerVariables(fn), undefined);
    assert.ok(usesThis(fn));
  }
});

test("the variables of code nested deeper than the stack are unknown", () => {
  const text = `() => ${"[".repeat(400)}a${"]".repeat(400)}`;
  const free = (fn: AnyFunction): readonly string[] | undefined => {
    try {
      return free(fn);
    } catch {
      return writtenVariables(fn);
    }
  };
  assert.is(free(made(text)), undefined);
  // Now the tree is there, and walking it is what overflows.
  assert.ok(parseFunction(made(text)));
  assert.is(free(made(text)), undefined);
  assert.equal(writtenVariables(made(text)), ["a"]);
});

test("globals are no outer variables", () => {
  const text = "() => [Math, console, scale, undefined, Buffer, globalThis, offset]";
  assert.equal(outerVariables(made(text)), ["scale", "offset"]);
});

test("the compiler's __name is no outer variable, unless the author uses it", () => {
  assert.equal(outerVariables(made("() => { const f = __name(() => a, 'f'); return f }")), ["a"]);
  assert.equal(outerVariables(made("() => { __name(f, 'f'); return __name }")), ["f", "__name"]);
  assert.equal(outerVariables(made("(x) => __name(x)")), ["__name"]);
  assert.equal(outerVariables(made("(x) => __name(x, 'f', 1)")), ["__name"]);
  assert.equal(outerVariables(made("(__name) => __name(x, 'f')")), ["x"]);
});

test("a nested function needs no outer variable as this very compiler writes it", () => {
  function outer(n: number): number {
    const twice = (x: number): number => 2 * x;
    function thrice(x: number): number {
      return 3 * x;
    }
    return twice(n) + thrice(n);
  }
  assert.equal(outerVariables(outer), []);
});

const receivers: readonly (readonly [text: string, expected: boolean])[] = [
  ["function () { return this.x }", true],
  ["function (a = this) { return a }", true],
  ["function () { return () => () => this }", true],
  ["function () { return [new.target] }", true],
  ["function () { return class extends this.B {} }", true],
  ["function () { return class { [this.x] = 1 } }", true],
  ["function () { return { [this.x]: 1 } }", true],
  ["async function* () { yield this }", true],
  ["function (s) { return eval(s) }", true],
  ["(s) => eval(s)", true],
  ["function () { return 1 }", false],
  ["function (x) { return x.this }", false],
  ["function () { return 'this' /* this */ }", false],
  ["function () { return function () { return this } }", false],
  ["function () { return { m() { return this }, get a() { return this } } }", false],
  [
    "function () { return class { a = this; static b = this; static { this } m() { this } } }",
    false,
  ],
  ["function () { return class { a = () => this } }", false],
  ["() => this", false],
  ["class { constructor() { this.x = 1 } }", false],
  ["class extends Array { constructor() { super() } }", false],
];

for (const [text, expected] of receivers) {
  test(`${text} ${expected ? "uses" : "does not use"} its receiver`, () => {
    assert.is(usesThis(made(text)), expected);
  });
}

test("a method uses its receiver through super and this, not through its computed name", () => {
  assert.ok(usesThis(method("m() { return super.m() }")));
  assert.ok(usesThis(method("m() { return this.m() }")));
  assert.not(usesThis(method("[this?.k ?? 'm']() { return 1 }")));
});

const assigned: readonly (readonly [text: string, names: string])[] = [
  ["(x) => { n = x; m += x; k ??= x; return o }", "n m k"],
  ["() => { n++; --m }", "n m"],
  ["() => { ({ a, b: [c = d], ...e } = f); [g] = h }", "a c e g"],
  ["() => { for (n of xs); for (k in o); for ({ m } of ys); }", "n k m"],
  ["() => { for (const n of xs); for (let i = 0; i < k; i++); }", ""],
  ["(x) => { x = 1; var y; y = 2; let z; z++ }", ""],
  ["() => { o.x = 1; o[k]++; [p.q] = r; for (s.t of u); }", ""],
  ["() => { { let n; n = 1 } n }", ""],
  ["() => { { let n; n = 1 } n = 2 }", "n"],
  ["() => () => { n = 1 }", "n"],
  ["class A { x = (n = 1); f() { m++ } }", "n m"],
];

for (const [text, names] of assigned) {
  test(`${text} assigns ${names || "nothing"} around it`, () => {
    assert.is([...(assignedVariables(made(text)) ?? [])].join(" "), names);
  });
}

const filled: readonly (readonly [text: string, names: string])[] = [
  ["() => { runs.push(1) }", "runs"],
  ["() => { runs.push(a.b, c); m.set(k, v); s.add(x); q.unshift(1) }", "runs m s q"],
  ["() => { counter.n++; counter.m = 1; counter['k'] += 2; --counter[i] }", "counter"],
  ["() => { const f = () => { runs.push(1) }; f() }", "runs"],
  // What is looked at, in whatever way, is not only filled.
  ["() => { runs.push(1); return runs.length }", ""],
  ["() => runs.push(1)", ""],
  ["() => { return runs.push(1) }", ""],
  ["() => { const n = runs.push(1) }", ""],
  ["() => { runs.push(runs) }", ""],
  ["() => { runs?.push(1) }", ""],
  ["() => { runs.pop() }", ""],
  ["() => { runs[m](1) }", ""],
  ["() => { runs.all.push(1) }", ""],
  ["() => { const n = counter.n++ }", ""],
  ["() => { a = counter.n = 1 }", ""],
  ["() => { counter[counter.n] = 1 }", ""],
  ["() => { counter.n = counter.n + 1 }", ""],
  ["() => { counter = 1 }", ""],
  ["() => { delete counter.n }", ""],
  // A variable of its own is none around it.
  ["(runs) => { runs.push(1) }", ""],
  ["() => { const runs = []; runs.push(1) }", ""],
];

for (const [text, names] of filled) {
  test(`${text} only fills ${names || "nothing"} around it`, () => {
    assert.is([...(filledVariables(made(text)) ?? [])].join(" "), names);
  });
}

test("what is written is known without the compiler's __name, and unknown with eval", () => {
  const code = "() => { const f = __name(() => Math.max(a), 'f'); return f }";
  assert.equal(writtenVariables(made(code)), ["Math", "a"]);
  assert.is(writtenVariables(made("() => eval(a)")), undefined);
  assert.is(assignedVariables(made("() => eval(a)")), undefined);
});

test.run();
