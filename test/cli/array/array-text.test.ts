/**
 * Arrays are printed as NumPy prints them.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { arrayLines, shownIndices } from "../../../lib/cli/array/array-text.ts";
import { formatElements } from "../../../lib/cli/array/number-format.ts";
import { dump } from "../../../lib/index.ts";
import { requires } from "../../helpers/requirement.ts";
import { withTmp } from "../../helpers/tmp.ts";

type Numbers = Float64Array | Float32Array | Int32Array | BigInt64Array;

let state = 1;
function random(): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return state / 2 ** 31;
}

function floats(length: number, value: (i: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => value(i));
}

const cases: readonly (readonly [Numbers, number[]])[] = [
  [floats(1, () => 1 / 3), [1]],
  [floats(2, (i) => 1 + 1.25 * i), [2]],
  [floats(12, (i) => i), [3, 4]],
  [floats(5000, (i) => i / 5000), [50, 100]],
  [floats(120, () => random() * 4 - 2), [4, 30]],
  [floats(2400, () => random() * 1e3), [2, 2, 2, 300]],
  [new Float64Array([1.5, Number.NaN, Number.NEGATIVE_INFINITY, -0]), [4]],
  [new Float64Array([1e300, 1e-300, 5e-324, -2]), [4]],
  [new Float64Array([123_456_789.123, 1]), [2]],
  [new Float64Array([99_999_999, 1e5]), [2]],
  [new Float64Array([Number.NaN, Number.NaN]), [2]],
  [new Float64Array([0, 0, 0, 0]), [2, 2]],
  [floats(200, () => 10 ** (random() * 12 - 6)), [200]],
  [Float32Array.from({ length: 30 }, () => random()), [5, 6]],
  [new Float32Array([0.1, 16_777_216, 1e-20]), [3]],
  [Int32Array.from({ length: 2020 }, (_, i) => i - 20), [2020]],
  [Int32Array.from({ length: 24 }, (_, i) => i), [2, 3, 4]],
  [new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]), [2]],
];

const PYTHON = `
import json, sys
import numpy as np
print(json.dumps([repr(np.load(path).reshape(shape)) for path, shape in json.load(sys.stdin)]))
`;

requires("python3-numpy", test, "arrays look as NumPy prints them", () =>
  withTmp((directory) => {
    const given = cases.map(([array, shape], i) => {
      const path = join(directory, `${i}.npy`);
      dump(array, path);
      return [path, shape];
    });
    const input = JSON.stringify(given);
    const { stdout } = spawnSync("python3", ["-c", PYTHON], { input, encoding: "utf8" });
    const expected = JSON.parse(stdout) as string[];
    for (const [i, [array, shape]] of cases.entries()) {
      // From 2.2 on NumPy tells the shape behind an array that it does not show whole.
      assert.is(printed(array, shape), expected[i]?.replace(/,\s+shape=\([^)]*\)/, ""));
    }
  }),
);

function printed(array: Numbers, shape: number[]): string {
  const isFloat = array instanceof Float64Array || array instanceof Float32Array;
  const elements = shownIndices(shape).map((index) => {
    const at = index.reduce((position, each, axis) => position * (shape[axis] as number) + each, 0);
    return array[at] as number | bigint;
  });
  const words = formatElements(elements, array instanceof Float32Array, isFloat);
  const dtype = { Float32Array: ", dtype=float32", Int32Array: ", dtype=int32" };
  const suffix = dtype[array.constructor.name as keyof typeof dtype] ?? "";
  return arrayLines({ shape, words, suffix }, 80).join("\n");
}

test("an array without elements, one without axes, and one of very many axes are printed", () => {
  assert.equal(arrayLines({ shape: [0, 3], words: [], suffix: "" }, 80), [
    "array([], shape=(0, 3))",
  ]);
  assert.equal(arrayLines({ shape: [], words: ["3.5"], suffix: "" }, 80), ["array(3.5)"]);
  assert.ok(shownIndices(Array(10).fill(20)).length <= 2 ** 10);
});

test.run();
