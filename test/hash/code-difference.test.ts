import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareCode, type RecordedCode } from "../../lib/hash/code/code-difference.ts";
import type { Reached } from "../../lib/hash/code/findings.ts";

const [A, B] = ["a".repeat(32), "b".repeat(32)];
let ids = 0;

/** A record of code of its own that reaches these things. */
function record(reached: readonly Reached[], more: Partial<RecordedCode> = {}): RecordedCode {
  return { codeId: `${ids++}`, track: "deep", own: A, reached, leftOut: [], cut: false, ...more };
}

const helper = (id: string, more: Partial<Reached> = {}): Reached => ({
  ...{ kind: "function", name: "scale", id, file: "lib/h.ts", line: 12 },
  ...more,
});
const constant = (id: string): Reached => ({ kind: "constant", name: "EPS", id });
const pack = (name: string, id: string): Reached => ({ kind: "package", name, id });

const texts = (
  before: readonly Reached[],
  after: readonly Reached[],
  more: Partial<RecordedCode> = {},
): string[] => compareCode(record(before, more), record(after, more)).map(({ text }) => text);

const differences: readonly (readonly [
  before: readonly Reached[],
  after: readonly Reached[],
  texts: readonly string[],
])[] = [
  [[helper(A)], [helper(B)], ["helper `scale` (lib/h.ts:12) changed"]],
  [
    [{ kind: "class", name: "Solver", id: A, line: 3 }],
    [{ kind: "class", name: "Solver", id: B, line: 4 }],
    ["class `Solver` (line 4) changed"],
  ],
  [[constant("0.000001")], [constant("1e-7")], ["constant `EPS` was 0.000001, is 1e-7"]],
  [[constant(A)], [constant(B)], ["constant `EPS` changed"]],
  [
    [{ kind: "data", name: "table", id: A }],
    [{ kind: "data", name: "table", id: B }],
    ["data `table` changed"],
  ],
  [[helper(A, { name: "EPS" })], [constant("1")], ["`EPS` was a helper, is a constant"]],
  [
    [pack("inverse", "ml-matrix@6.11.0"), pack("Matrix", "ml-matrix@6.11.0")],
    [pack("inverse", "ml-matrix@6.12.0"), pack("Matrix", "ml-matrix@6.12.0")],
    ["package ml-matrix 6.11.0 -> 6.12.0"],
  ],
  [[], [pack("m", "@a/b@1.0.0")], ["package @a/b 1.0.0 is new"]],
  [[pack("m", "@a/b@1.0.0")], [], ["package @a/b 1.0.0 is no longer used"]],
  [
    [],
    [helper(A), constant("2")],
    ["helper `scale` (lib/h.ts:12) is new", "constant `EPS` is new, 2"],
  ],
  [
    [helper(A), constant("2")],
    [],
    ["helper `scale` (lib/h.ts:12) is no longer used", "constant `EPS` is no longer used, was 2"],
  ],
];

for (const [before, after, expected] of differences) {
  test(`a difference reads: ${expected}`, () => {
    assert.equal(texts(before, after), expected);
  });
}

test("what is reached by another way is neither new nor gone", () => {
  assert.equal(texts([helper(A), constant("1")], [helper(A, { name: "h.scale" }), constant("2")]), [
    "constant `EPS` was 1, is 2",
  ]);
});

test("a list that was cut does not tell what is not on it", () => {
  const one = { kind: "constant", name: "a", id: "1" } as const;
  assert.equal(texts([one, constant("1")], [constant("2"), pack("m", "p@1.0.0")], { cut: true }), [
    "constant `EPS` was 1, is 2",
  ]);
});

test("the line of the first change is told where the sources are at hand", () => {
  const before = record([], { own: A, source: "function f() {\n  return 1;\n}" });
  const after = record([], { own: B, source: "function f() {\n    return 2;\n}" });
  const told = (a: RecordedCode, b: RecordedCode): string[] =>
    compareCode(a, b).map(({ text }) => text);
  assert.equal(told(before, after), ["the function's own source changed (line 2)"]);
  assert.equal(told(before, record([], { own: B })), ["the function's own source changed"]);
  const longer = record([], { own: B, source: `${before.source}\n}` });
  assert.equal(told(before, longer), ["the function's own source changed (line 4)"]);
  assert.equal(told(longer, before), ["the function's own source changed (line 4)"]);
});

test("equal ids have no difference, and a difference that nothing tells is said to be one", () => {
  const one = record([helper(A)]);
  assert.equal(compareCode(one, { ...one, reached: [] }), []);
  const [unknown, ...others] = compareCode(one, { ...one, codeId: "another" });
  assert.is(unknown?.kind, "unknown");
  assert.equal(others, []);
});

test("another way of tracking is a difference", () => {
  const told = compareCode(
    record([helper(A)], { track: "version", own: null }),
    record([helper(A)], { track: "own" }),
  );
  assert.equal(told, [
    { kind: "track", name: "", text: 'a version counted as the code, now track: "own" does' },
  ]);
});

test.run();
