import * as fs from "node:fs";
import { readFileSync } from "node:fs";
import { url } from "node:inspector";
import path, { join } from "node:path";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { isCacheError } from "../../lib/errors.ts";
import { type Code, codeOf } from "../../lib/hash/code/code.ts";
import { hash } from "../../lib/hash/hash.ts";

const deep = (fn: AnyFunction): Code => codeOf(fn, "deep");
const id = (fn: AnyFunction): string => deep(fn).codeId;

/** A closure of its own over these values, from text: compilers rename and rewrite. */
function closure(code: string, values: Record<string, unknown> = {}): AnyFunction {
  return new Function(...Object.keys(values), `return (${code}\n)`)(...Object.values(values));
}

/** Functions that one script declares, one of them. */
const declared = (code: string, name: string): AnyFunction =>
  new Function(`${code}; return ${name}`)();

const pairs: readonly (readonly [name: string, a: () => unknown, b: () => unknown])[] = [
  ["numbers", () => 1, () => 2],
  ["signs of zero", () => 0, () => -0],
  ["a number and its text", () => 1, () => "1"],
  ["undefined and null", () => undefined, () => null],
  ["bigints", () => 1n, () => 2n],
  ["registered symbols", () => Symbol.for("a"), () => Symbol.for("b")],
  ["objects", () => ({ a: [1] }), () => ({ a: [2] })],
  ["typed arrays by content", () => new Float64Array([1, 2]), () => new Float64Array([1, 3])],
  ["Maps", () => new Map([["a", 1]]), () => new Map([["a", 2]])],
  ["instances by their fields", () => new Point(1), () => new Point(2)],
  ["helpers", () => closure("(x) => x + 1"), () => closure("(x) => x + 2")],
  [
    "closures of one helper",
    () => closure("(x) => x * k", { k: 1 }),
    () => closure("(x) => x * k", { k: 2 }),
  ],
  [
    "functions inside data",
    () => [{ f: closure("() => k", { k: 1 }) }],
    () => [{ f: closure("() => k", { k: 2 }) }],
  ],
  [
    "functions in a Map",
    () => new Map([["f", closure("() => k", { k: 1 })]]),
    () => new Map([["f", closure("() => k", { k: 2 })]]),
  ],
  [
    "properties of helpers",
    () => Object.assign(closure("() => 1"), { scale: 1 }),
    () => Object.assign(closure("() => 1"), { scale: 2 }),
  ],
  [
    "methods of classes",
    () => closure("class A { f() { return 1 } }"),
    () => closure("class A { f() { return 2 } }"),
  ],
  [
    "what methods of classes refer to",
    () => closure("class A { f() { return k } }", { k: 1 }),
    () => closure("class A { f() { return k } }", { k: 2 }),
  ],
  [
    "superclasses",
    () => closure("class A extends B {}", { B: closure("class { f() { return 1 } }") }),
    () => closure("class A extends B {}", { B: closure("class { f() { return 2 } }") }),
  ],
  [
    "getters by their code",
    () => Object.defineProperty({}, "x", { enumerable: true, get: closure("() => 1") as never }),
    () => Object.defineProperty({}, "x", { enumerable: true, get: closure("() => 2") as never }),
  ],
  [
    "getters by what they refer to",
    () =>
      Object.defineProperty({}, "x", {
        enumerable: true,
        get: closure("() => k", { k: 1 }) as never,
      }),
    () =>
      Object.defineProperty({}, "x", {
        enumerable: true,
        get: closure("() => k", { k: 2 }) as never,
      }),
  ],
  [
    "classes of instances by what they refer to",
    () => Reflect.construct(closure("class A { f() { return k } }", { k: 1 }), []),
    () => Reflect.construct(closure("class A { f() { return k } }", { k: 2 }), []),
  ],
  ["functions of the language", () => Math.max, () => Math.min],
  ["functions of Node", () => path.posix.join, () => path.win32.join],
  ["modules of Node", () => path.posix, () => path.win32],
  [
    "what functions of Node were made of",
    () => promisify(fs.readFile),
    () => promisify(fs.writeFile),
  ],
];

class Point {
  x: number;
  constructor(x: number) {
    this.x = x;
  }
}

type Over = (value: unknown) => AnyFunction;

// The engine numbers the scripts of functions from text, and lists their names each time it is asked
// about one that is new: all are made before any is asked about.
const madeOver = (
  over: Over,
): [name: string, f: AnyFunction, same: AnyFunction, g: AnyFunction][] =>
  pairs.map(([name, a, b]) => [name, over(a()), over(a()), over(b())]);

const closures = madeOver((value) =>
  closure("(x) => f(x, captured)", { captured: value, f: null }),
);
const callers = madeOver((value) =>
  closure("() => helper()", { helper: closure("() => captured", { captured: value }) }),
);
const given = madeOver((value) => closure("() => captured", { captured: value }));

for (const [name, f, same, g] of closures) {
  test(`closures over different ${name} differ, over equal ones do not`, () => {
    assert.is(id(f), id(same));
    assert.is.not(id(f), id(g));
    assert.equal(deep(f).leftOut, []);
    assert.ok(deep(f).complete);
  });
}

for (const [name, f, same, g] of callers) {
  test(`helpers over different ${name} make their callers differ`, () => {
    assert.is(id(f), id(same));
    assert.is.not(id(f), id(g));
  });
}

for (const [name, f, same, g] of given) {
  test(`as arguments, functions over different ${name} differ`, () => {
    assert.is(hash([f]), hash([same]));
    assert.is.not(hash([f]), hash([g]));
  });
}

test("comments and layout do not count, nor in helpers", () => {
  const of = (helper: string): string =>
    id(closure("(x) => helper(x)", { helper: closure(helper) }));
  assert.is(of("(x) => x + 1"), of("( x ) => /* one */ x+1"));
});

test("which variable holds what counts", () => {
  const [f, g] = [closure("() => 1"), closure("() => 2")];
  const of = (a: AnyFunction, b: AnyFunction): string => id(closure("() => a() + b()", { a, b }));
  assert.is.not(of(f, g), of(g, f));
  assert.is.not(of(f, f), of(f, g));
});

test("recursion and mutual recursion end, and count", () => {
  const of = (base: string): string =>
    id(
      declared(
        `function even(n) { return n === 0 ? ${base} : odd(n - 1) }
         function odd(n) { return n !== 0 && even(n - 1) }`,
        "odd",
      ),
    );
  assert.is(of("true"), of("true"));
  assert.is.not(of("true"), of("1"));
  const loop = (k: number): string =>
    id(declared(`const o = { k: ${k}, f }; function f() { return o }`, "f"));
  assert.is(loop(1), loop(1));
  assert.is.not(loop(1), loop(2));
});

test("a change at the end of a chain of 200 helpers counts, and in a graph of all to all", () => {
  const names = Array.from({ length: 200 }, (_, i) => `f${i}`);
  const chain = (last: string): string =>
    id(
      declared(
        names.map((f, i) => `const ${f} = (x) => ${names[i + 1] ?? last}(x)`).join(";"),
        "f0",
      ),
    );
  assert.is(chain("Math.abs"), chain("Math.abs"));
  assert.is.not(chain("Math.abs"), chain("Math.sqrt"));
  const some = names.slice(0, 40);
  const dense = (k: number): string =>
    id(
      declared(
        some.map((f) => `const ${f} = () => [${some}, ${f === "f39" ? k : 0}]`).join(";"),
        "f0",
      ),
    );
  assert.is(dense(1), dense(1));
  assert.is.not(dense(1), dense(2));
});

test("a captured variable with the name of a global is followed, a global is not", () => {
  const of = (max: AnyFunction): string => id(closure("(x) => Math.max(x)", { Math: { max } }));
  assert.is.not(of(closure("() => 1")), of(closure("() => 2")));
  const plain = deep(closure("(x) => Math.max(x)"));
  assert.equal([plain.reached, plain.leftOut, plain.complete], [[], [], true]);
});

test("what was reached is listed by the path to it", () => {
  const helper = closure("() => [k, table]", { k: 3, table: [1] });
  const { reached } = deep(
    closure("() => [o, join, readFileSync]", { o: { helper }, join, readFileSync }),
  );
  assert.equal(
    reached.map(({ kind, name }) => `${kind} ${name}`),
    ["data o", "function o.helper", "constant o.helper.k", "data o.helper.table"],
  );
  assert.is(reached[2]?.id, "3");
  assert.match(reached[1]?.id ?? "", /^[0-9a-f]{32}$/);
});

test("the code is computed once for each function object", () => {
  const counter = { runs: 1 };
  const fn = closure("() => counter.runs", { counter });
  const before = deep(fn);
  counter.runs = 2;
  assert.is(deep(fn), before);
});

test("a function without variables around it needs no inspector", () => {
  const { getBuiltinModule } = process;
  process.getBuiltinModule = () => {
    throw new Error("It was asked");
  };
  try {
    assert.ok(deep(closure("(x) => { const y = x; return y }")).complete);
    assert.is(hash(closure("(x) => x")), hash(closure("( x ) => x")));
    const lost = deep(closure("(x) => x * k + Math.PI", { k: 1 }));
    assert.not(lost.complete);
    assert.equal(
      lost.leftOut.map(({ name }) => name),
      ["k"],
    );
    assert.is(lost.codeId, codeOf(closure("(x) => x * k + Math.PI", { k: 2 }), "own").codeId);
    assert.ok(deep(closure("(x) => Math.abs(x)")).complete);
    assert.throws(() => hash(closure("() => k", { k: 1 })), /inspector/);
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});

test("own code is the source alone, and tells whether that says it all", () => {
  const make = (k: number): Code => codeOf(closure("(x) => x * k", { k }), "own");
  assert.is(make(1).codeId, make(2).codeId);
  assert.not(make(1).complete);
  assert.ok(codeOf(closure("(x) => Math.abs(x)"), "own").complete);
  assert.is.not(make(1).codeId, codeOf(closure("(x) => x / k"), "own").codeId);
});

test("no code is the same for every function", () => {
  const [a, b] = [codeOf(closure("() => 1"), "none"), codeOf(Math.max, "none")];
  assert.is(a.codeId, b.codeId);
  assert.match(a.codeId, /^[0-9a-f]{32}$/);
});

test("native code has no id", () => {
  for (const track of ["deep", "own"] as const) {
    assert.throws(
      () => codeOf(Math.max, track),
      (error: unknown) => isCacheError(error, "ERR_UNHASHABLE"),
    );
  }
});

test("functions of another realm have the id of this one's", () => {
  const other = runInContext("const k = { a: [1] }; (() => k)", createContext());
  assert.is(id(other), id(closure("() => k", { k: { a: [1] } })));
});

test("the session is closed when the code is known, or cannot be", () => {
  const before = Reflect.ownKeys(globalThis);
  id(closure("() => k", { k: 1 }));
  assert.is(url(), undefined);
  assert.equal(Reflect.ownKeys(globalThis), before);
});

test.run();
