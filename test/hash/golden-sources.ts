/**
 * Source texts of many kinds, and all that is asked of them.
 *
 * @module
 */

import { type Analysis, type Answers, withKept } from "../../lib/code/syntax/analysis.ts";
import { classSource } from "../../lib/code/syntax/class-members.ts";
import { Witness } from "../../lib/code/syntax/memo.ts";
import { parametersOf } from "../../lib/code/syntax/parameters.ts";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { hasPrivateState, hiddenStatics } from "../../lib/code/syntax/private.ts";
import { propertiesRead } from "../../lib/code/syntax/properties-read.ts";
import {
  assignedVariables,
  filledVariables,
  loadedModules,
  memberNames,
  readVariables,
  usesThis,
  writtenVariables,
} from "../../lib/code/syntax/scope.ts";
import { ownDigest } from "../../lib/hash/code/own-code.ts";

/** Expressions, each of which is a function or class. */
export const goldenSources: readonly string[] = [
  "(x) => x",
  "async (x, y = 2, ...z) => { for await (const v of z) y += v * scale; return await x }",
  "function* f(n) { let k = 0; while (k++ < n) yield [k, ...table, `a\u0024{k}b`, /x+/giu, 12n, 1e999] }",
  "function f({ a, b: { c = -0, d } = {}, [k]: e, ...rest } = { a: 1 }, [g, , h = NaN, ...i] = []) {}",
  "(a = Infinity, b = void 0, c = 'l\\ud800', d = [1, , null, [true]], e = { __proto__x: 1n, 'p q': !0 }) => a",
  "({ x: { y: { z } }, x: w }, ...[p, q]) => [z, w, p, q]",
  "function f() { 'use strict'; return [this.x, arguments.length, new.target] }",
  "({ m() { return super.m(() => this) } }).m",
  "() => { count++; total += count; log.push(count); cache[k] = 1; seen.add(x); s = t; return h.a(h['b']) }",
  "() => { label: for (const k in o) { if (k) continue label; else break } try { g() } catch ({ m }) { m } }",
  "() => { switch (x) { case 1: { let y = x; return y } default: class C extends B {} return C } }",
  "async () => [await import('./h.js'), await import(name), a?.b?.[c]?.(d), e ?? f, g ** 2]",
  "(s) => eval(s)",
  "function f() { return (() => [this, eval?.('1'), (0, eval)('2')])() }",
  "class { a() { return b } static c() {} get d() { return 1 } set d(v) {} ['e']() {} [f]() {} 1() {} }",
  "class A { static { setup(A) } [Symbol.iterator]() {} static async *[Symbol.nothing]() {} [k] = 1; l = m }",
  "class B extends Base { #p = 1; static #q = []; static #r = 2; static s() { B.#r = 3; return B.#q } #t() {} }",
  "class C { static #u = { a: 1 }; static #v = () => w; constructor(x) { super.y = x } static t = new.target }",
  "function f() { return __awaiter(this, void 0, void 0, function* () { yield other }) }",
  "() => __name(() => named, 'named')",
  "(o) => { const { a, b: { c } } = o; return a + c + o.d + o['e'] }",
];

/** A function or class of a source. */
export function made(text: string): AnyFunction {
  return new Function("b", "f", "k", "Base", "B", "setup", "m", `return (${text}\n)`)(
    ...[0, "f", "k", Object, Object, () => {}, 0],
  ) as AnyFunction;
}

/** All that is asked of a function, as plain data. */
export function allOf(fn: AnyFunction): unknown {
  const variables = writtenVariables(fn);
  return [
    ownDigest(fn).toString("hex"),
    [variables, assignedVariables(fn), readVariables(fn), filledVariables(fn), usesThis(fn)],
    [(variables ?? []).map((name) => memberNames(fn, name)), loadedModules(fn)],
    [classSource(fn), hasPrivateState(fn), hiddenStatics(fn)],
    [parametersOf(fn), propertiesRead(fn, "o")],
  ];
}

/** Asks all of a function, and tells what it answers and what of the answers can be kept. */
export function asked(text: string): { readonly all: unknown; readonly encoded: Answers } {
  const used = new Set<Analysis>();
  const kept = {
    witness: new Witness(),
    use: (analysis: Analysis) => used.add(analysis),
    find: () => undefined,
  };
  const all = withKept(kept, () => allOf(made(text)));
  const [analysis] = used;
  return { all, encoded: analysis?.encoded() ?? {} };
}

/** Has the answers about all texts so far forgotten. */
export function forget(): void {
  for (let i = 0; i < 300; i++) usesThis(new Function(`return ${i}`) as AnyFunction);
}
