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
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type GrowthReport, type Line, series } from "./growth/series.ts";
import { duration } from "./table.ts";

const PROCESSES = 3;
const here = fileURLToPath(new URL(".", import.meta.url));
const { values: flags, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } },
});

for (const [name, { lines, sizes }] of Object.entries(series)) {
  if (words.length > 0 && !words.includes(name)) continue;
  const measured = Object.entries(lines).map(([line, { from = 0, to }]) => {
    const last = flags.quick ? (sizes.at(-1) ?? 0) / 10 : Number.POSITIVE_INFINITY;
    const points = sizes
      .filter((size) => size >= from && size <= Math.min(to ?? size, last))
      .map((size) => ({ size, seconds: medianOf(name, line, size) }));
    return { line, points };
  });
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

function medianOf(name: string, line: string, size: number): number {
  const seconds = Array.from({ length: PROCESSES }, () => inFreshProcess(name, line, size));
  const median = seconds.toSorted((a, b) => a - b)[Math.floor(PROCESSES / 2)] ?? Number.NaN;
  console.log(`${name}, ${line}, ${size}: ${duration(median)}`);
  return median;
}

function inFreshProcess(name: string, line: string, size: number): number {
  const directory = mkdtempSync(join(tmpdir(), "ndmemo-growth-"));
  try {
    const child = join(here, "growth/child.ts");
    const args = ["--import", "tsx", child, name, line, `${size}`, directory];
    return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
