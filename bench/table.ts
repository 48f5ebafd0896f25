/**
 * Results as Markdown tables.
 *
 * @module
 */

import type { Figures, Result } from "./compare.ts";

/** What one run of the benchmarks measured, and where. */
export interface Report {
  readonly machine: object;
  readonly versions: object;
  /** The most processes that a side had. */
  readonly processes: number;
  readonly results: readonly Result[];
}

/**
 * The table of a report: a row for ndmemo and one for each peer. Where a case had fewer processes than
 * others, that is said.
 */
export function table({ results }: Pick<Report, "results">): string {
  const most = Math.max(...results.map(({ processes }) => processes));
  const lines = [
    "| case | | median | p99 | peak memory | ndmemo / peer | target | |",
    "|---|---|--:|--:|--:|--:|--:|---|",
  ];
  for (const { title, ours, peers, limit, growthLimit, reached, processes } of results) {
    const verdict = reached === undefined ? "" : reached ? "reached" : "**not reached**";
    const aims = [
      ...(limit === undefined ? [] : [`≤ ${duration(limit)}`]),
      ...(growthLimit === undefined ? [] : [`grows by ≤ ${mebibytes(growthLimit)}`]),
    ];
    const few = processes < most ? ` (${processes} each)` : "";
    lines.push(row([title + few, "**ndmemo**", ...side(ours), "", aims.join("; "), verdict]));
    for (const [name, peer] of Object.entries(peers)) {
      const target = peer.target === undefined ? "" : `≤ ${peer.target.toFixed(2)}`;
      lines.push(row(["", name, ...side(peer), peer.ratio.toFixed(2), target, ""]));
    }
  }
  return lines.join("\n");
}

/** A row for each case that has a target: ours, and the peers that it has to be compared with. */
export function shortTable({ results }: Pick<Report, "results">): string {
  const lines = ["| case | ndmemo | beside | target |", "|---|--:|---|---|"];
  for (const { title, ours, peers, limit, growthLimit, reached } of results) {
    if (reached === undefined) continue;
    const beside = Object.entries(peers).flatMap(([name, { median, ratio, target }]) =>
      target === undefined
        ? []
        : [`${name} ${duration(median)} (${ratio.toFixed(2)}, target ${target.toFixed(2)})`],
    );
    if (limit !== undefined) beside.push(`≤ ${duration(limit)}`);
    if (growthLimit !== undefined) {
      beside.push(`grows by ${mebibytes(ours.growthBytes ?? 0)} ≤ ${mebibytes(growthLimit)}`);
    }
    lines.push(
      row([
        title,
        duration(ours.median),
        beside.join("; "),
        reached ? "reached" : "**not reached**",
      ]),
    );
  }
  return lines.join("\n");
}

/** When, where and with what a report was measured. */
export function circumstances(
  report: Omit<Report, "results" | "processes"> & Partial<Report> & { readonly date?: string },
): string {
  const { date, machine, versions, processes, results = [] } = report;
  const days = [...new Set(results.map((result) => result.date))].sort();
  const when = date ?? [days[0], ...days.slice(1).slice(-1)].join(" to ");
  const each = processes === undefined ? "" : `up to ${processes} processes each, `;
  return `${when}, ${each}${list(machine)}, ${list(versions)}`;
}

/** Seconds for people. */
export function duration(seconds: number): string {
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(1)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

function side({ median, p99, peakBytes, growthBytes, facts = {} }: Figures): string[] {
  const found = Object.entries(facts).map(([name, value]) => `${name} ${round(value)}`);
  const grown =
    growthBytes === undefined ? "" : ` (+${Math.max(0, Math.round(growthBytes / 2 ** 20))})`;
  return [
    duration(median),
    duration(p99),
    [`${mebibytes(peakBytes)}${grown}`, ...found].join("; "),
  ];
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function round(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toPrecision(3);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function list(values: object): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
