/**
 * A model of `ml-pca` as a result: what makes cars differ from each other.
 *
 * The model is fitted once and comes back as an instance of its class. Its projection of the cars is
 * stored as an Arrow file, which Polars and DuckDB read as a table.
 *
 * ```sh
 * node --import tsx examples/ml-pca.ts
 * ```
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { PCA } from "ml-pca";
import { Memory, registerType } from "ndmemo";

registerType(PCA, {
  name: "ml-pca/PCA",
  encode: (pca) => JSON.stringify(pca.toJSON()),
  decode: (text) => PCA.load(JSON.parse(text)),
});

const names = ["Miles_per_Gallon", "Cylinders", "Displacement", "Horsepower", "Acceleration"];
const memory = new Memory(".cache", { verbose: 0 });

const fit = memory.cache(function fit(rows: number[][]) {
  return new PCA(rows, { scale: true });
});

const project = memory.cache(
  function project(pca: PCA, rows: number[][]) {
    return Float64Array.from(pca.predict(rows, { nComponents: 2 }).to2DArray().flat());
  },
  { format: "arrow" },
);

const file = new URL("../data/cars.json", import.meta.resolve("vega-datasets"));
const cars: Record<string, number | null>[] = JSON.parse(readFileSync(file, "utf8"));
const rows = cars.map((car) => names.map((name) => car[name] ?? Number.NaN));
const whole = rows.filter((row) => !row.some(Number.isNaN));

for (const call of ["first", "second"]) {
  const start = performance.now();
  const pca = fit(whole);
  const points = project(pca, whole);
  const seconds = (performance.now() - start) / 1000;
  const [first = 0, second = 0] = pca.getExplainedVariance();
  console.log(
    `${call} call: ${seconds.toFixed(3)} s, ${pca.constructor.name} of ${whole.length} cars, ` +
      `${Math.round(100 * (first + second))} % in ${points.length / whole.length} components`,
  );
}
