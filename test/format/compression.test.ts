import { randomBytes } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkCompress, isCompressing, recipeFor } from "../../lib/format/compression.ts";

const bytesOf = (array: Float64Array | Int32Array): Uint8Array => new Uint8Array(array.buffer);
const smooth = bytesOf(Float64Array.from({ length: 8192 }, (_, i) => Math.sin(i / 300) + 1e-9 * i));
let state = 1;
const random = (): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 0x7fffffff;
};
// Hundredths of a degree: few different numbers, of which a filter takes the bytes apart.
const rounded = bytesOf(
  Float64Array.from({ length: 32_768 }, (_, i) => {
    return Math.round((288 - 40 * Math.sin(i / 9000) ** 2 + random() / 2) * 100) / 100;
  }),
);
const noise = new Uint8Array(randomBytes(2 ** 16));

test("a level, true, auto and parts are accepted, as they are", () => {
  const accepted = [
    false,
    true,
    "auto",
    0,
    1,
    22,
    -5,
    -131_072,
    {},
    { level: 9 },
    { filter: "none" },
  ];
  for (const value of accepted) assert.is(checkCompress("compress", value), value);
  const off = [false, 0, { level: 0 }, { level: 0, filter: "shuffle" }] as const;
  for (const value of off) assert.not(isCompressing(value));
  for (const value of [true, 1, -1, "auto", {}, { level: 1 }] as const) {
    assert.ok(isCompressing(value));
  }
});

test("a level that zstd does not have, and a filter that does not exist, are a RangeError", () => {
  for (const value of [23, 99, -131_073, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    throws(() => checkCompress("compress", value), RangeError, /from -131072 to 22 for compress/);
    throws(() => checkCompress("compress", { level: value }), RangeError, /level/);
  }
  throws(() => checkCompress("compress", { filter: "delta" }), RangeError, /"none", "shuffle"/);
});

test("what is of another kind is a TypeError that says what is accepted", () => {
  for (const value of ["zstd", null, undefined, [], 1n, Symbol("x"), () => {}]) {
    throws(() => checkCompress("compress", value), TypeError, /true, false, a level, "auto"/);
  }
  throws(() => checkCompress("compress", { levels: 3 }), TypeError, /"levels".*level, filter/s);
  throws(() => checkCompress("compress", { level: "3" }), TypeError, /a number/);
  throws(() => checkCompress("compress", { filter: 1 }), TypeError, /"bitshuffle"/);
});

test("what is named is taken, and nothing is compressed where that is said", () => {
  const named = { level: -7, filter: "bitshuffle" } as const;
  assert.equal(recipeFor(named, 8, [smooth]), { ...named, itemSize: 8 });
  assert.is(recipeFor(7, 8, [smooth])?.level, 7);
  assert.is(recipeFor(true, 8, [smooth])?.level, 3);
  assert.is(recipeFor({ filter: "none" }, 8, [smooth])?.level, 3);
  for (const off of [false, 0, { level: 0 }] as const)
    assert.is(recipeFor(off, 8, [smooth]), undefined);
});

test("a filter that is not named is the one that makes the sample smallest", () => {
  assert.is.not(recipeFor(true, 8, [smooth])?.filter, "none");
  assert.is(recipeFor(true, 8, [rounded])?.filter, "none");
  // Of single bytes a shuffle changes nothing.
  assert.is.not(recipeFor(true, 1, [smooth])?.filter, "shuffle");
});

test("auto leaves out what does not become a tenth smaller", () => {
  assert.is(recipeFor("auto", 8, [noise]), undefined);
  assert.ok(recipeFor(true, 8, [noise]));
  const recipe = recipeFor("auto", 8, [rounded]);
  assert.ok(recipe && [1, 3].includes(recipe.level));
  assert.is(recipeFor("auto", 8, []), undefined, "no sample");
});

function throws(run: () => unknown, type: ErrorConstructor, says: RegExp): void {
  assert.throws(
    run,
    (error: unknown) => error instanceof type && says.test((error as Error).message),
  );
}

test.run();
