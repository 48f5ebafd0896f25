/**
 * Arrays of `@stdlib/ndarray` as arguments and results: which days in Seattle had like weather.
 *
 * Every day is compared with every other by BLAS; the matrix of it is made inside the cache, adopted
 * without a copy and mapped by later calls.
 *
 * ```sh
 * node --import tsx examples/ndarray.ts   # computes; and maps when it is run again
 * ```
 *
 * @module
 */

import { readFileSync } from "node:fs";
import dgemm from "@stdlib/blas/base/dgemm";
import array from "@stdlib/ndarray/array";
import mean from "@stdlib/stats/mean";
import type { float64ndarray } from "@stdlib/types/ndarray";
import { Memory } from "ndmemo";

const memory = new Memory(".cache", { mmapMode: "r", verbose: 0 });

/** The cosine of the angle between each two rows, as distances from the mean row. */
const likeness = memory.cache(function likeness(x: float64ndarray) {
  const [rows = 0, columns = 0] = Array.from(x.shape);
  const centre = mean(x, { dims: [0] });
  const unit = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const day = unit.subarray(row * columns, (row + 1) * columns);
    for (const i of day.keys()) day[i] = x.get(row, i) - Number(centre.get(i));
    const norm = Math.hypot(...day);
    for (const [i, value] of day.entries()) day[i] = value / norm;
  }
  const result = memory.empty("float64", [rows, rows]);
  const sizes = [rows, rows, columns] as const;
  const operands = [unit, columns, unit, columns, 0, result.data, rows] as const;
  dgemm("row-major", "no-transpose", "transpose", ...sizes, 1, ...operands);
  return result;
});

const file = new URL("../data/seattle-weather.csv", import.meta.resolve("vega-datasets"));
const days = readFileSync(file, "utf8").trim().split("\n").slice(1);
const table = days.flatMap((day) => day.split(",").slice(1, 5).map(Number));
const weather = array(Float64Array.from(table), { shape: [days.length, 4] }) as float64ndarray;
const christmas = days.findIndex((day) => day.startsWith("2014-12-25"));

for (const call of ["first", "second"]) {
  const start = performance.now();
  const matrix = likeness(weather);
  const seconds = (performance.now() - start) / 1000;
  const others = days.map((day, i) => ({
    day,
    cosine: i === christmas ? 0 : matrix.get(christmas, i),
  }));
  const [likest] = others.sort((a, b) => b.cosine - a.cosine);
  console.log(
    `${call} call: ${seconds.toFixed(3)} s, ${matrix.shape.join(" x ")}, like ${days[christmas]}: ${likest?.day}`,
  );
}
