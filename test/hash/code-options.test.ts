import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { isCacheError } from "../../lib/errors.ts";
import { type CodeOptions, codeOf } from "../../lib/hash/code/code.ts";
import { codeRecord } from "../../lib/hash/code/code-record.ts";

/** A closure of its own over these values, from text: compilers rename and rewrite. */
function closure(code: string, values: Record<string, unknown> = {}): AnyFunction {
  return new Function(...Object.keys(values), `return (${code}\n)`)(...Object.values(values));
}

const id = (fn: AnyFunction, options: CodeOptions): string => codeOf(fn, options).codeId;

test("options without a version or captures have the ids of their track", () => {
  const fn = closure("(x) => x * k", { k: 2 });
  for (const track of ["deep", "own", "none"] as const) {
    assert.is(codeOf(fn, { track, captures: {} }), codeOf(fn, track));
    assert.is(codeOf(fn, { track, version: undefined, captures: undefined }), codeOf(fn, track));
  }
});

test("a version stands for all code, by value", () => {
  const [f, g] = [closure("(x) => x * k", { k: 1 }), closure("(x) => x / k", { k: 2 })];
  for (const track of ["deep", "own", "none"] as const) {
    assert.is(id(f, { track, version: { a: [1] } }), id(g, { track, version: { a: [1] } }));
    assert.is.not(id(f, { track, version: { a: [1] } }), id(f, { track, version: { a: [2] } }));
  }
  const versions = [1, "1", 1n, null, new Float64Array([1]), new Float64Array([2])];
  const ids = versions.map((version) => id(f, { track: "deep", version }));
  assert.is(new Set([...ids, codeOf(f, "deep").codeId]).size, versions.length + 1);
  const { complete, leftOut } = codeOf(f, { track: "own", version: 1 });
  assert.equal([complete, leftOut], [true, []]);
});

test("undefined is a version where the options say that there is one", () => {
  const fn = closure("(x) => x");
  const told = id(fn, { track: "own", version: undefined, hasVersion: true });
  assert.is.not(told, codeOf(fn, "own").codeId);
  assert.is(told, id(closure("(y) => -y"), { track: "deep", hasVersion: true }));
});

test("native code has an id when it has a version", () => {
  const bound = Math.max.bind(null);
  assert.is(id(bound, { track: "deep", version: 2 }), id(bound, { track: "deep", version: 2 }));
  assert.is(codeRecord(bound, { track: "deep", version: 2 }).own, null);
});

test("a version or a capture without a digest is refused by its name", () => {
  const refused = (options: CodeOptions, path: string): void => {
    assert.throws(
      () => codeOf(closure("() => 1"), options),
      (error: unknown) => isCacheError(error, "ERR_UNHASHABLE") && error.path === path,
    );
  };
  refused({ track: "deep", version: { v: new WeakMap() } }, "version.v");
  refused({ track: "deep", captures: { k: new WeakMap() } }, "captures.k");
});

test("captures count by name and value, in every track and beside a version", () => {
  const fn = closure("(x) => x * k", { k: 1 });
  const others: readonly Omit<CodeOptions, "captures">[] = [
    { track: "deep" },
    { track: "own" },
    { track: "none" },
    { track: "deep", version: 1 },
  ];
  for (const options of others) {
    const of = (captures: Record<string, unknown>): string => id(fn, { ...options, captures });
    assert.is(of({ k: 1, a: [2] }), of({ a: [2], k: 1 }));
    const ids = [of({}), of({ k: 1 }), of({ k: 2 }), of({ a: 1 }), of({ k: 1, a: 1 })];
    assert.is(new Set(ids).size, ids.length, JSON.stringify(options));
  }
});

test("what captures name is not left out, and the code is complete with it", () => {
  const make = (it: unknown): AnyFunction => closure("() => [it, k]", { it, k: 1 });
  const of = (it: unknown, captures: Record<string, unknown>) =>
    codeOf(make(it), { track: "deep", captures });
  assert.not(codeOf(make(new WeakMap()), "deep").complete);
  const told = of(new WeakMap(), { it: "a" });
  assert.ok(told.complete);
  assert.equal(told.leftOut, []);
  assert.is(told.codeId, of(new WeakSet(), { it: "a" }).codeId);
  assert.is.not(told.codeId, of(new WeakMap(), { it: "b" }).codeId);
  // What else the function captures still counts.
  const other = codeOf(closure("() => [it, k]", { it: 0, k: 2 }), {
    track: "deep",
    captures: { it: "a" },
  });
  assert.is.not(told.codeId, other.codeId);
});

test("captures speak of what is within data, of helpers, and of what has no name, as it is listed", () => {
  const values = {
    data: { a: [new WeakMap()] },
    helper: closure("() => it", { it: new WeakMap() }),
  };
  const fn = closure("() => [data, helper()]", values);
  const names = codeOf(fn, "deep").leftOut.map(({ name }) => name);
  assert.equal(names, ["data.a[0]", "helper.it"]);
  const captures = Object.fromEntries(names.map((name) => [name, 1]));
  assert.ok(codeOf(fn, { track: "deep", captures }).complete);
  assert.not(codeOf(fn, { track: "deep", captures: { "helper.it": 1 } }).complete);
  const arrow = new Function("return () => this.k").call({ k: 1 }) as AnyFunction;
  assert.ok(codeOf(arrow, { track: "deep", captures: { this: 1 } }).complete);
});

test("the source alone is complete when captures name all that it refers to", () => {
  const fn = closure("(x) => x * k + b", { k: 1, b: 2 });
  const own = (captures: Record<string, unknown>) => codeOf(fn, { track: "own", captures });
  assert.equal(
    own({ k: 1 }).leftOut.map(({ name }) => name),
    ["b"],
  );
  assert.not(own({ k: 1 }).complete);
  assert.ok(own({ k: 1, b: 2 }).complete);
});

test("what is captured by name needs no inspector", () => {
  const { getBuiltinModule } = process;
  process.getBuiltinModule = () => {
    throw new Error("It was asked");
  };
  try {
    const captures = { k: 1 };
    const code = codeOf(closure("(x) => x * k", { k: 1 }), { track: "deep", captures });
    assert.ok(code.complete);
    assert.equal(code.leftOut, []);
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});

test("the values are taken once for the same options", () => {
  const captures = { k: [1] };
  const options: CodeOptions = { track: "deep", captures };
  const fn = closure("(x) => x * k", { k: 1 });
  const before = codeOf(fn, options);
  captures.k.push(2);
  assert.is(codeOf(fn, options), before);
  assert.is.not(codeOf(fn, { ...options }).codeId, before.codeId);
});

test("a record says what counted, and is plain data", () => {
  const fn = closure("(x) => x * k + helper(x)", { k: 1e-7, helper: closure("class A {}") });
  const record = codeRecord(fn, { track: "deep", captures: { model: "m1", k: 2 } });
  assert.equal(JSON.parse(JSON.stringify(record)), record);
  assert.is(record.codeId, codeOf(fn, { track: "deep", captures: { model: "m1", k: 2 } }).codeId);
  assert.match(record.own ?? "", /^[0-9a-f]{32}$/);
  assert.equal(
    record.reached.map(
      ({ kind, name, id: of }) => `${kind} ${name} ${kind === "constant" ? of : ""}`,
    ),
    ["constant captures.k 2", 'constant captures.model "m1"', "class helper "],
  );
  const versioned = codeRecord(fn, { track: "deep", version: 3 });
  assert.equal([versioned.track, versioned.own], ["version", null]);
  assert.equal(versioned.reached, [{ kind: "constant", name: "version", id: "3" }]);
});

test("a record is bounded", () => {
  const names = Array.from({ length: 600 }, (_, i) => `v${i}`);
  const long = "x".repeat(10_000);
  const values = Object.fromEntries(names.map((name, i) => [name, i % 2 ? i : long]));
  const record = codeRecord(closure(`() => [${names}]`, values), "deep");
  assert.ok(record.cut);
  assert.ok(JSON.stringify(record).length < 100_000);
});

test.run();
