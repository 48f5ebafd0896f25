/**
 * Results as a Markdown table.
 *
 * @module
 */

import type { Figures, Result } from "./compare.ts";

/** Prints what was measured, and where. */
export function printTable(report: {
  readonly date: string;
  readonly machine: object;
  readonly versions: object;
  readonly processes: number;
  readonly results: readonly Result[];
}): void {
  const { date, machine, versions, processes } = report;
  console.log(
    `${date}, up to ${processes} processes each, ${facts(machine)}, ${facts(versions)}\n`,
  );
  console.log("| case | ndmemo | p99 | peak | joblib | p99 | peak | ratio | target | |");
  console.log("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|");
  for (const result of report.results) {
    const { title, ours, peer, ratio, reached } = result;
    const verdict = reached === undefined ? "measured" : reached ? "reached" : "not reached";
    const sides = [...side(ours), ...side(peer), ratio?.toFixed(3) ?? ""];
    console.log(`| ${[title, ...sides, aim(result), verdict].join(" | ")} |`);
  }
}

function side(figures: Figures | undefined): string[] {
  if (figures === undefined) return ["", "", ""];
  const { median, p99, peakBytes } = figures;
  return [duration(median), duration(p99), `${Math.round(peakBytes / 2 ** 20)} MiB`];
}

function aim({ target, limit }: Result): string {
  const aims = [];
  if (target !== undefined) aims.push(`≤ ${target.toFixed(3)}`);
  if (limit !== undefined) aims.push(`≤ ${duration(limit)}`);
  return aims.join(", ");
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
