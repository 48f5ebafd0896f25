import { createRequire } from "node:module";
import { inspect } from "node:util";
import { transformSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Parameter, parametersOf, type Target } from "../../lib/code/syntax/parameters.ts";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";

const ts = createRequire(import.meta.url)("typescript") as typeof import("typescript");

/** The parameters in short: `x, {tol=1, ...others}={}, ...rest`; `?(a b)` for an opaque pattern. */
function shown(fn: AnyFunction): string {
  const list = parametersOf(fn);
  if (!list) return "unknown";
  const rest = list.rest ? [`...${target(list.rest)}`] : [];
  return [...list.parameters.map(parameter), ...rest].join(", ");
}

function parameter({ target: to, initial }: Parameter): string {
  return target(to) + (initial ? `=${inspect(initial.value, { compact: true })}` : "");
}

function target(to: Target): string {
  if (to.kind === "variable") return to.name;
  if (to.kind === "opaque") return `?(${to.names.join(" ")})`;
  const isArray = to.kind === "array";
  const parts = [...to.parts].map(([key, part]) =>
    part.target.kind === "variable" && part.target.name === key
      ? parameter(part)
      : `${key}:${parameter(part)}`,
  );
  if (to.rest !== undefined) parts.push(`...${isArray ? `${to.length}:` : ""}${to.rest}`);
  return isArray ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}

const made = (text: string): AnyFunction => new Function(`return (${text}\n)`)() as AnyFunction;

const forms: readonly (readonly [text: string, parameters: string])[] = [
  // Functions of every kind.
  ["() => 1", ""],
  ["x => x", "x"],
  ["async x => x", "x"],
  ["async (x, y) => x", "x, y"],
  ["async => async", "async"],
  ["(get, set, of, async, await) => of", "get, set, of, async, await"],
  ["function (x, y) {}", "x, y"],
  ["function f(x, y) {}", "x, y"],
  ["function* g(x, y = 1) {}", "x, y=1"],
  ["async function* g(x) {}", "x"],
  ["async function f(x, ...y) {}", "x, ...y"],
  ["({ m(x, y) {} }).m", "x, y"],
  ["({ async m(x, y) {} }).m", "x, y"],
  ["({ *m(x) {} }).m", "x"],
  ["({ async *m(x) {} }).m", "x"],
  ["({ ['a, b' + '(c)'](x) {} })['a, b(c)']", "x"],
  ["({ [Symbol.iterator](x = 1) {} })[Symbol.iterator]", "x=1"],
  ["({ 'quoted (name)'(x) {} })['quoted (name)']", "x"],
  ["({ 12(x) {} })[12]", "x"],
  ["({ get(x) {} }).get", "x"],
  ["({ set(x) {} }).set", "x"],
  ["({ async(x) {} }).async", "x"],
  ["({ static(x) {} }).static", "x"],
  ["({ m: function (x) {} }).m", "x"],
  ["({ m: (x) => x }).m", "x"],
  ["Object.getOwnPropertyDescriptor({ get x() {} }, 'x').get", ""],
  ["Object.getOwnPropertyDescriptor({ set x(v = 1) {} }, 'x').set", "v=1"],
  ["new (class { m(x, y = 2) {} })().m", "x, y=2"],
  ["(class { static m(x) {} }).m", "x"],
  ["(class { static async *m(x) {} }).m", "x"],
  ["(class { static static(x) {} }).static", "x"],
  ["new (class { m = (x, y = 2) => y })().m", "x, y=2"],
  ["(class { static #p(x, y) {} static get p() { return this.#p } }).p", "x, y"],
  ["new (class { ['m'](x) {} })().m", "x"],
  ["new Function('a', 'b = 2', '...c', 'return a')", "a, b=2, ...c"],
  ["new Function('a, b = \")\"', 'return a')", "a, b=')'"],
  ["new Function('a /* , x */', 'b // y', 'return a')", "a, b"],
  ["new (Object.getPrototypeOf(async () => 1).constructor)('a', 'b = 2', '')", "a, b=2"],

  // What is written between them.
  ["(a /* b, c */, /* d = ( */ e) => a", "a, e"],
  ["(a, // , b)\n c,\n) => a", "a, c"],
  ["(a = ',', b = '){', c = \"(\") => a", "a=',', b='){', c='('"],
  ["(a = `,)`, b) => a", "a=',)', b"],
  [`(a = \`x\${1}\`, b) => a`, "a, b"],
  ["(a = /[,)]/, b = 1) => a", "a, b=1"],
  ["(a = { x: 1, y: '}' }, b = [1, ')']) => a", "a={ x: 1, y: '}' }, b=[ 1, ')' ]"],
  ["(a = (x, y) => { return x }, b = 1) => a", "a, b=1"],
  ["(a = function (x, y) {}, b) => a", "a, b"],
  ["(a = (1, 2), b = (3)) => a", "a, b=3"],
  ["(größe, $, _, 変数) => $", "größe, $, _, 変数"],
  ["(\\u0061b, \\u{63} = 1) => ab", "ab, c=1"],
  ["function f(a, a) {}", "a, a"],

  // Defaults that are literals.
  ["(a = 1, b = 1.5e3, c = 0x10, d = 1_000) => a", "a=1, b=1500, c=16, d=1000"],
  ["(a = -1, b = +1, c = -0, d = - -1) => a", "a=-1, b=1, c=-0, d=1"],
  ["(a = 1n, b = -1n, c = 0x1fn) => a", "a=1n, b=-1n, c=31n"],
  ["(a = true, b = false, c = null) => a", "a=true, b=false, c=null"],
  [
    "(a = !0, b = !1, c = void 0, d = 1/0, e = -1/0) => a",
    "a=true, b=false, c=undefined, d=Infinity, e=-Infinity",
  ],
  ["(a = NaN, b = Infinity, c = -Infinity) => a", "a=NaN, b=Infinity, c=-Infinity"],
  ["(a = '', b = 'it\\'s', c = '\\ud800') => a", "a='', b=\"it's\", c='\\ud800'"],
  ["(a = [], b = {}, c = [1, , [2]]) => a", "a=[], b={}, c=[ 1, <1 empty item>, [ 2 ] ]"],
  [
    "(a = { b: { c: 1n }, 'd e': 2, 3: 4, ['f']: 5 }) => a",
    "a={ '3': 4, b: { c: 1n }, 'd e': 2, f: 5 }",
  ],
  ["(a = [1, , ], b = [, ]) => a", "a=[ 1, <1 empty item> ], b=[ <1 empty item> ]"],
  ["(a = { b: 1, b: 2 }) => a", "a={ b: 2 }"],
  ["(a = { ['__proto__']: 1 }) => a", "a={ ['__proto__']: 1 }"],

  // Defaults that are not.
  ["(a = f(), b = a, c = x, d = x.y, e = new Map()) => a", "a, b, c, d, e"],
  ["(a = 1 + 1, b = typeof 1, c = +1n + 1, d = !'', e = -'1') => a", "a, b, c, d, e"],
  ["(a = undefined, b = [x], c = { x }, d = [...[]], e = { ...{} }) => a", "a, b, c, d, e"],
  ["(a = { get x() { return 1 } }, b = { m() {} }, c = { __proto__: null }) => a", "a, b, c"],
  ["function f(a = { [x]: 1 }, b = this, c = new.target) {}", "a, b, c"],
  ["(a = String.raw`x`, b = class {}, c = (() => 1)()) => a", "a, b, c"],
  ["(NaN, a = NaN, b = Infinity) => a", "NaN, a, b=Infinity"],
  ["({ x: Infinity }, a = Infinity) => a", "{x:Infinity}, a"],
  ["function NaN(a = NaN) {}", "a"],

  // Patterns.
  ["({ a, b: c, d = 1, e: f = 2 }) => a", "{a, b:c, d=1, e:f=2}"],
  ["({ a = 1 } = {}) => a", "{a=1}={}"],
  ["({ a: { b: { c = 1 } = {} } = {} } = {}) => c", "{a:{b:{c=1}={}}={}}={}"],
  ["({ a, ...b }) => a", "{a, ...b}"],
  ["({ 'a-b': c, 1: d, ['e']: f, [`g`]: h, 2n: i }) => c", "{a-b:c, 1:d, e:f, g:h, 2:i}"],
  ["({ a, [a]: b, ...c }, d = 1) => a", "?(a b c), d=1"],
  ["({ a: b = 1, a: c = 2 }) => b", "?(b c)"],
  ["({ a: { b, [b]: c } , d }) => b", "{a:?(b c), d}"],
  ["([a, , b = 1, ...c]) => a", "[0:a, 2:b=1, ...3:c]"],
  ["([[a, { b = 1 }] = []] = [[]]) => a", "[0:[0:a, 1:{b=1}]=[]]=[ [] ]"],
  ["([a, ...[b]]) => a", "?(a b)"],
  ["(...[a, b]) => a", "...?(a b)"],
  ["(a, ...{ length }) => a", "a, ...?(length)"],
  ["({ __proto__: a = 1, constructor: b }) => a", "{__proto__:a=1, constructor:b}"],

  // Without source.
  ["Math.max", "unknown"],
  ["((x) => x).bind(null)", "unknown"],
  ["new Proxy((x) => x, {})", "unknown"],
  ["class { constructor(x) {} }", "unknown"],
];

for (const [text, parameters] of forms) {
  test(`the parameters of ${text.replaceAll("\n", "⏎")} are ${parameters || "none"}`, () => {
    assert.is(shown(made(text)), parameters);
  });
}

test("a variable around the function that hides a global makes its default no literal", () => {
  const fns = new Function(
    `const Infinity = 5; return [(x = Infinity, y = NaN) => x, (x = [-Infinity]) => x];`,
  )() as AnyFunction[];
  assert.equal(fns.map(shown), ["x, y=NaN", "x"]);
});

const source = `
  export async function solve<T>(
    data: readonly T[], // what is solved
    tol: number = 1e-6,
    { debug = false, max: limit = 1000, solver: { name = "lu, qr" } = {} }: Options = {},
    order: "C" | "F" = "C", sign = -1, big = 10n, end = Infinity, list: number[] = [],
    ...rest: unknown[]
  ): Promise<T> { return rest[0] as T }
  export class Solver {
    private readonly tol: number = 1;
    public step(this: Solver, x?: number, y: number | undefined = 2, z = true): void {}
    static make = <T,>(x: T, y = 1): T => x;
  }
  interface Options { debug?: boolean; max?: number; solver?: { name?: string } }
`;
const written =
  "data, tol=0.000001, {debug=false, max:limit=1000, solver:{name='lu, qr'}={}}={}, order='C', " +
  "sign=-1, big=10n, end=Infinity, list=[], ...rest";

interface Exports {
  solve: AnyFunction;
  Solver: { make: AnyFunction; prototype: { step: AnyFunction } };
}

function exportsOf(code: string): Exports {
  const module = { exports: {} };
  new Function("module", "exports", code)(module, module.exports);
  return module.exports as Exports;
}

test("what tsc makes of TypeScript is read", () => {
  for (const target of [ts.ScriptTarget.ES2022, ts.ScriptTarget.ES2017]) {
    const module = ts.ModuleKind.CommonJS;
    const { outputText } = ts.transpileModule(source, { compilerOptions: { target, module } });
    const { solve, Solver } = exportsOf(outputText);
    assert.is(shown(solve), written);
    assert.is(shown(Solver.prototype.step), "x, y=2, z=true");
    assert.is(shown(Solver.make), "x, y=1");
  }
});

const esbuild = (minify: boolean): Exports => {
  const options = { loader: "ts", format: "cjs", keepNames: true, target: "node20" } as const;
  return exportsOf(transformSync(source, { ...options, minify }).code);
};

test("what esbuild makes of TypeScript is read", () => {
  const { solve, Solver } = esbuild(false);
  assert.is(shown(solve), written);
  assert.is(shown(Solver.prototype.step), "x, y=2, z=true");
  assert.is(shown(Solver.make), "x, y=1");
});

test("what esbuild minifies is read: variables lose their names, properties and defaults stay", () => {
  const { solve, Solver } = esbuild(true);
  const anonymous = (fn: AnyFunction): string => shown(fn).replace(/(?<!\w)[a-z](?!\w)/g, "_");
  assert.is(
    anonymous(solve),
    "_, _=0.000001, {debug:_=false, max:_=1000, solver:{name:_='lu, qr'}={}}={}, _='C', " +
      "_=-1, _=10n, _=Infinity, _=[], ..._",
  );
  assert.is(anonymous(Solver.prototype.step), "_, _=2, _=true");
});

test("what tsx makes of this file is read", () => {
  interface Options {
    readonly debug?: boolean;
  }
  const solve = (x: number, { debug = false }: Options = {}, sign: 1 | -1 = -1): unknown =>
    debug ? x : sign;
  assert.is(shown(solve), "x, {debug=false}={}, sign=-1");
});

test("what swc makes of older targets is read as what it is", () => {
  const [lowered, async] = new Function(`
    function _async_to_generator(fn) { return function() { return fn.apply(this, arguments); }; }
    function solve(x) {
      var tol = arguments.length > 1 && arguments[1] !== void 0 ? arguments[1] : 1e-6;
      return tol;
    }
    function load(path) {
      return _async_to_generator(function*() { return path; })();
    }
    return [solve, load];
  `)() as [AnyFunction, AnyFunction];
  assert.is(shown(lowered), "x");
  assert.is(parametersOf(lowered)?.seesArguments, true);
  assert.is(shown(async), "path");
  assert.is(parametersOf(async)?.seesArguments, false);
});

const seeing: readonly (readonly [text: string, sees: boolean])[] = [
  ["function f(a) { return a }", false],
  ["function f(a) { return arguments.length }", true],
  ["function f(a, b = () => arguments) { return b }", true],
  ["function f(a) { return () => () => arguments }", true],
  ["function f(a) { return function () { return arguments } }", false],
  ["function f(a) { return { m() { return arguments } } }", false],
  ["function f(a) { return { [arguments.length]() {} } }", true],
  ["function f(a) { return class { [arguments.length]() {} } }", true],
  ["function f(a) { return class { m() { return arguments } } }", false],
  [`function f(a) { return () => \`x\${arguments}\` }`, true],
  ["function f({ [arguments.length]: a }) {}", true],
  ["function f(a) { return f.arguments }", true],
  ["function f(a) { return (() => function () { return f.arguments })()() }", true],
  ["function f(a) { return f['arguments'] }", true],
  ["function f(a) { return f[`arguments`] }", true],
  ["function f(a) { const { arguments: b } = f; return b }", true],
  ["function f(a) { return eval(a) }", true],
  ["function f(a) { return () => eval(a) }", true],
  ["function f(a) { return (0, eval)(a) }", false],
  ["function f(a) { return 'arguments, or eval(x)' }", false],
  ["(a) => arguments", false],
  ["(a) => eval(a)", true],
  ["({ m(a) { return arguments } }).m", true],
];

for (const [text, sees] of seeing) {
  test(`${text} ${sees ? "may see" : "does not see"} how many arguments there were`, () => {
    assert.is(parametersOf(made(text))?.seesArguments, sees);
  });
}

test("an arrow is told from functions that have a receiver", () => {
  assert.is(parametersOf(made("(x) => x"))?.isArrow, true);
  assert.is(parametersOf(made("async x => x"))?.isArrow, true);
  for (const text of ["function (x) {}", "({ m(x) {} }).m", "(class { static m() {} }).m"]) {
    assert.is(parametersOf(made(text))?.isArrow, false);
  }
});

test.run();
