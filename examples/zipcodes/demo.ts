/**
 * A pipeline on real data, cached: seconds at the first run, milliseconds at the second.
 *
 * ```sh
 * npm run demo -- [--n 6000] [--k 8] [--cache .cache] [--clear]
 * ```
 *
 * @module
 */

import { constants } from "node:buffer";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Memory } from "ndmemo";
import * as steps from "./steps.ts";
import { printTable, type Row, size } from "./table.ts";

const { values: flags } = parseArgs({
  options: {
    n: { type: "string", default: "6000" },
    k: { type: "string", default: "8" },
    cache: { type: "string", default: ".cache" },
    clear: { type: "boolean", default: false },
  },
});
const n = count("n", flags.n, 42_000);
const k = count("k", flags.k, 100);
const matrixBytes = 8 * n * n;
if (matrixBytes > constants.MAX_LENGTH) {
  console.error(
    `The ${n} x ${n} matrix has ${size(matrixBytes)}, and a memory map ends at ` +
      `${size(constants.MAX_LENGTH)} on Node ${process.versions.node}.\n` +
      `Use Node 22 or later, or at most --n ${Math.floor(Math.sqrt(constants.MAX_LENGTH / 8))}.`,
  );
  process.exit(1);
}

const rows: Row[] = [];
let computed = false;
const memory = new Memory(flags.cache, {
  mmapMode: "r",
  verbose: 2,
  logger: {
    info: (line) => {
      if (line.includes("Calling")) computed = true;
    },
    warn: console.error,
  },
});
if (flags.clear) memory.clear();

const readPoints = memory.cache(steps.readPoints);
const distances = memory.cache(steps.distances);
const nearest = memory.cache(steps.nearest);
const summarize = memory.cache(steps.summarize);

const csv = readFileSync(new URL("../data/zipcodes.csv", import.meta.resolve("vega-datasets")));
const points = step("read the points", () => readPoints(csv, n));
const matrix = step(`${n} x ${n} distances`, () => distances(points.latitude, points.longitude));
const near = step(`${k} nearest neighbours`, () => nearest(matrix, n, k));
const summary = step("summary", () => summarize(points, matrix, near));

printTable(rows);
console.log(`
Median distance to the nearest neighbour: ${summary.medianToNearestKm.toFixed(1)} km
Most remote: ${summary.mostRemote.place}, ${summary.mostRemote.km.toFixed(0)} km from ${summary.mostRemote.nearest}
Longest way: ${summary.farthest.from} to ${summary.farthest.to}, ${summary.farthest.km.toFixed(0)} km`);

function step<T>(name: string, run: () => T): T {
  computed = false;
  const start = performance.now();
  const value = run();
  const seconds = (performance.now() - start) / 1000;
  const bytes = arraysIn(value).reduce((sum, { byteLength }) => sum + byteLength, 0);
  rows.push({
    ...{ name, how: computed ? "computed" : "loaded", seconds, bytes },
    resident: process.memoryUsage.rss(),
  });
  return value;
}

function arraysIn(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.values(value).flatMap(arraysIn);
}

function count(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 1 && value <= most) return value;
  console.error(`--${name} takes a whole number from 2 to ${most}, got ${text}`);
  process.exit(2);
}
