/**
 * Instances of somebody else's class as arguments and results: the matrices of `ml-matrix`.
 *
 * Singular spectrum analysis of the daily temperature in Seattle: the rows of a matrix are its
 * stretches of one year, and the singular values tell how much of it is average, seasons and weather.
 *
 * ```sh
 * node --import tsx examples/ml-matrix.ts   # seconds; and milliseconds when it is run again
 * ```
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { Memory, registerType } from "ndmemo";

registerType(Matrix, {
  name: "ml-matrix/Matrix",
  encode(matrix) {
    const { rows, columns } = matrix;
    const data = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) data.set(matrix.getRow(row), row * columns);
    return { rows, columns, data };
  },
  // The rows are views of the one array: a mapped matrix is not read before it is used.
  decode({ rows, columns, data: all }) {
    const row = (i: number): Float64Array => all.subarray(i * columns, (i + 1) * columns);
    const data = Array.from({ length: rows }, (_, i) => row(i));
    return Object.assign(new Matrix(0, 0), { rows, columns, data });
  },
});

const decompose = new Memory(".cache", { mmapMode: "r", verbose: 0 }).cache(function decompose(
  matrix: Matrix,
) {
  const { diagonal, rightSingularVectors } = new SingularValueDecomposition(matrix);
  return { values: Float64Array.from(diagonal), vectors: rightSingularVectors };
});

const file = new URL("../data/seattle-weather.csv", import.meta.resolve("vega-datasets"));
const days = readFileSync(file, "utf8").trim().split("\n").slice(1);
const warmest = days.map((day) => Number(day.split(",")[2]));
const matrix = new Matrix(days.slice(365).map((_, i) => warmest.slice(i, i + 365)));

for (const call of ["first", "second"]) {
  const start = performance.now();
  const { values, vectors } = decompose(matrix);
  const seconds = (performance.now() - start) / 1000;
  const power = values.map((value) => value ** 2);
  const percent = power.map((value) => (100 * value) / power.reduce((sum, each) => sum + each));
  const [average = 0, cosine = 0, sine = 0] = percent;
  console.log(
    `${call} call: ${seconds.toFixed(3)} s, average ${average.toFixed(1)} %, ` +
      `seasons ${(cosine + sine).toFixed(1)} %, ${vectors.constructor.name} ${vectors.rows} x ${vectors.columns}`,
  );
}
