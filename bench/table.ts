/**
 * Results as a Markdown table.
 *
 * @module
 */

import type { Result } from "./compare.ts";

/** Prints what was measured, and where. */
export function printTable(report: {
  readonly date: string;
  readonly machine: object;
  readonly versions: object;
  readonly processes: number;
  readonly results: readonly Result[];
}): void {
  const { date, machine, versions, processes, results } = report;
  console.log(`${date}, ${processes} processes each, ${facts(machine)}, ${facts(versions)}\n`);
  console.log("| case | ndmemo | p99 | peak | joblib | p99 | peak | ratio | target | |");
  console.log("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|");
  for (const { title, ours, peer, ratio, target, reached } of results) {
    const sides = [ours, peer].flatMap((side) => [
      ...[duration(side.median), duration(side.p99), `${Math.round(side.peakBytes / 2 ** 20)} MiB`],
    ]);
    const verdict = reached ? "reached" : "not reached";
    const cells = [title, ...sides, ratio.toFixed(3), `≤ ${target.toFixed(3)}`, verdict];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

/** Seconds for people. */
export function duration(seconds: number): string {
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(1)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

function facts(values: object): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
