/**
 * How cost grows: with the size of an array, the entries in the store, what arguments are made of,
 * and the processes that share a store.
 *
 * ```sh
 * npm run bench:growth                   # every series
 * npm run bench:growth -- size --quick   # one of them, to a tenth of its length
 * ```
 *
 * Each point is a process of its own; three of them, of which the median counts. A series that was
 * measured takes the place of what it was in the results.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type GrowthReport, type Line, type Point, series } from "./growth/series.ts";
import { makeScratch } from "./scratch.ts";
import { duration } from "./table.ts";

const PROCESSES = 3;
const here = fileURLToPath(new URL(".", import.meta.url));
const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } },
});

for (const [name, { fill, inMemory = false, lines, sizes }] of Object.entries(series)) {
  if (words.length > 0 && !words.includes(name)) continue;
  const measured = Object.keys(lines).map((line) => ({ line, points: [] as Point[] }));
  const last = flags.quick ? (sizes.at(-1) ?? 0) / 10 : Number.POSITIVE_INFINITY;
  for (const size of sizes.filter((each) => each <= last)) {
    const filled = fill && makeScratch(inMemory);
    if (filled) fill(size, filled);
    for (const { line, points } of measured) {
      const { from = 0, to = size } = lines[line] ?? {};
      if (size < from || size > to) continue;
      const seconds = medianOf(name, line, size, filled);
      console.log(`${name}, ${line}, ${size}: ${duration(seconds)}`);
      points.push({ size, seconds });
    }
    if (filled) rmSync(filled, { recursive: true });
  }
  if (!flags.quick) keep(name, measured);
}

/** Puts a series into the results. */
function keep(name: string, lines: readonly Line[]): void {
  mkdirSync(join(here, "results"), { recursive: true });
  const file = join(here, "results/growth.json");
  const before = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as GrowthReport)
    : undefined;
  const report: GrowthReport = {
    date: new Date().toISOString().slice(0, 10),
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, platform: process.platform },
    versions: { node: process.versions.node },
    series: { ...before?.series, [name]: lines },
  };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

function medianOf(name: string, line: string, size: number, filled?: string): number {
  const processes = series[name]?.lines[line]?.processes ?? PROCESSES;
  const seconds = Array.from({ length: processes }, () => {
    if (filled) return inFreshProcess(name, line, size, filled);
    const directory = makeScratch(false);
    try {
      return inFreshProcess(name, line, size, directory);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
  return seconds.toSorted((a, b) => a - b)[Math.floor(processes / 2)] ?? Number.NaN;
}

function inFreshProcess(name: string, line: string, size: number, directory: string): number {
  const child = join(here, "growth/child.ts");
  const args = ["--import", "tsx", child, name, line, `${size}`, directory];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}
