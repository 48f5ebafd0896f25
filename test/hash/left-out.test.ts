import { test } from "uvu";
import * as assert from "uvu/assert";
import { claimCode } from "../../lib/code/origin/live.ts";
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

test("a variable that its function assigns is left out and listed", () => {
  const of = (runs: number): Code => deep(closure("(x) => { runs++; return x }", { runs }));
  assert.is(of(1).codeId, of(2).codeId);
  assert.equal(
    of(1).leftOut.map(({ name }) => name),
    ["runs"],
  );
  assert.match(of(1).leftOut[0]?.why ?? "", /assigned/);
  assert.ok(of(1).complete);
});

test("a Memory is left out, also inside data", () => {
  class Memory {
    id: number;
    constructor(id: number) {
      this.id = id;
    }
  }
  Object.defineProperty(Memory.prototype, Symbol.for("ndmemo.memory"), { value: true });
  const of = (n: number): Code =>
    deep(closure("() => [memory, all]", { memory: new Memory(n), all: { m: new Memory(n) } }));
  assert.is(of(1).codeId, of(2).codeId);
  assert.equal(
    of(1).leftOut.map(({ name }) => name),
    ["all.m", "memory"],
  );
  assert.ok(of(1).complete);
});

test("a memorized function stands for the original", () => {
  const original = closure("(x) => x + 1");
  const memorized = Object.assign(() => 0, { [Symbol.for("ndmemo.func")]: original });
  const of = (f: AnyFunction): string => id(closure("() => f()", { f }));
  assert.is(of(memorized), of(original));
  assert.is.not(of(memorized), of(closure("(x) => x + 2")));
});

const unhashable: readonly (readonly [name: string, value: unknown])[] = [
  ["a WeakMap", new WeakMap()],
  ["a promise", Promise.resolve()],
  ["a symbol of its own", Symbol("a")],
  ["a bound function", Math.max.bind(null)],
  ["a proxy", new Proxy({}, {})],
  ["a proxy of a function", new Proxy(() => 1, {})],
  [
    "an instance with private state",
    new (class {
      #x = 1;
      x(): number {
        return this.#x;
      }
    })(),
  ],
];

for (const [name, value] of unhashable) {
  test(`${name} is left out alone, and the rest of the data counts`, () => {
    const of = (k: number): Code =>
      deep(closure("() => [data, k]", { data: { a: [value], k }, k: 0 }));
    assert.equal(
      of(1).leftOut.map((leftOut) => leftOut.name),
      ["data.a[0]"],
    );
    assert.is(of(1).codeId, of(1).codeId);
    assert.is.not(of(1).codeId, of(2).codeId);
    assert.not(of(1).complete, "two such functions may do different things");
    assert.equal(
      deep(closure("() => it", { it: value })).leftOut.map((leftOut) => leftOut.name),
      ["it"],
    );
  });

  test(`a function over ${name} is refused as an argument, by its path`, () => {
    assert.throws(
      () => hash({ f: closure("() => it", { it: value }) }),
      (error: unknown) =>
        isCacheError(error, "ERR_UNHASHABLE") &&
        error.path === "value.f" &&
        /depends on it/.test(error.message),
    );
  });
}

test("a class that depends on what cannot be hashed has instances that can, if it is the only one", () => {
  const make = (): object =>
    Reflect.construct(closure("class A { f() { return it } }", { it: Promise.resolve() }), []);
  const first = make();
  assert.is(hash(first), hash([first].at(0)));
  assert.throws(
    () => hash(make()),
    (error: unknown) => isCacheError(error, "ERR_UNHASHABLE"),
  );
});

test("the receiver of an arrow is left out: two of them may do different things", () => {
  const make = (k: number): AnyFunction => new Function("return () => this.k").call({ k });
  const code = deep(make(1));
  assert.equal(
    code.leftOut.map(({ name }) => name),
    ["this"],
  );
  assert.not(code.complete);
  claimCode("arrow", code.codeId, make(1));
  assert.throws(
    () => claimCode("arrow", deep(make(2)).codeId, make(2)),
    (error: unknown) => isCacheError(error, "ERR_AMBIGUOUS_FUNCTION"),
  );
});

test("an arrow's arguments count", () => {
  const make = (...args: unknown[]): AnyFunction => new Function("return () => arguments")(...args);
  assert.is(id(make(1)), id(make(1)));
  assert.is.not(id(make(1)), id(make(2)));
});

test("a function that evaluates text may refer to anything", () => {
  const code = deep(closure("(x) => eval(x)"));
  assert.not(code.complete);
  assert.match(code.leftOut[0]?.why ?? "", /eval/);
});

test("reading runs no getter, no trap and no method of what is captured", () => {
  let ran = 0;
  const run = (): never => {
    ran++;
    throw new Error("It ran");
  };
  class Loud {
    get [Symbol.toStringTag](): string {
      return run();
    }
    static get name(): string {
      return run();
    }
    get x(): number {
      return run();
    }
    toJSON(): never {
      return run();
    }
    valueOf(): never {
      return run();
    }
  }
  class LoudError extends Error {
    override get name(): string {
      return run();
    }
  }
  const traps = new Proxy({}, { get: () => run });
  const list = Object.defineProperty([0, 1], 0, { get: run, enumerable: true });
  const sparse = Object.defineProperty(new Array(10_000), 9000, { get: run, enumerable: true });
  const values = [
    new Loud(),
    Loud,
    new LoudError("a"),
    list,
    sparse,
    new Proxy({}, traps),
    new Proxy(() => 1, traps),
    Object.defineProperty({}, "x", { get: run, enumerable: true }),
    Object.defineProperty(() => 1, "x", { get: run, enumerable: true }),
    Object.defineProperty({}, Symbol.toStringTag, { get: run, enumerable: true }),
    Object.defineProperty(new Error("a"), "message", { get: run, enumerable: true }),
    Object.assign(Object.defineProperty(new Float64Array(2), "x", { get: run, enumerable: true })),
  ];
  for (const value of values) id(closure("() => value", { value }));
  assert.is(ran, 0);
});

test("a value beyond 64 MiB is left out, but arrays of numbers are not", () => {
  const text = "x".repeat(2 ** 20);
  const huge = Array.from({ length: 40 }, (_, i) => [i, text]);
  const code = deep(closure("() => [huge, k]", { huge, k: 1 }));
  assert.equal(
    code.leftOut.map(({ name }) => name),
    ["huge"],
  );
  assert.match(code.leftOut[0]?.why ?? "", /64 MiB/);
  assert.not(code.complete);
  assert.is.not(code.codeId, id(closure("() => [huge, k]", { huge, k: 2 })));
  const array = new Float64Array(2 ** 23 + 1);
  const before = deep(closure("() => array", { array }));
  array[2 ** 23] = 1;
  assert.ok(before.complete);
  assert.is.not(before.codeId, id(closure("() => array", { array })));
});

test("a collection that a function only fills does not count, one that it also reads does", () => {
  const filler = (runs: unknown) =>
    function f(x: number): number {
      (runs as number[]).push(x);
      return x;
    };
  const reader = (runs: number[]) =>
    function f(x: number): number {
      runs.push(x);
      return runs.length;
    };
  const idOf = (fn: (x: number) => number): string => codeOf(fn, "deep").codeId;
  assert.is(idOf(filler([])), idOf(filler([1, 2])));
  assert.ok(codeOf(filler([]), "deep").complete);
  assert.is.not(idOf(reader([])), idOf(reader([1, 2])));

  // A class, or a method of the object's own, may do anything with what it is given.
  class Log {
    readonly level: number;
    constructor(level: number) {
      this.level = level;
    }
    push(_x: number): void {}
  }
  assert.is.not(idOf(filler(new Log(1))), idOf(filler(new Log(2))));
  const own = (level: number): object => ({ level, push() {} });
  assert.is.not(idOf(filler(own(1))), idOf(filler(own(2))));
});

test.run();
