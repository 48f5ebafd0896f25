/**
 * Two sides of a case as figures and a verdict.
 *
 * @module
 */

import type { Measurement } from "./case.ts";

/** The figures of one side. Seconds and bytes. */
export interface Figures {
  readonly median: number;
  readonly p99: number;
  readonly min: number;
  readonly peakBytes: number;
}

/** A case with both sides. */
export interface Result {
  readonly name: string;
  readonly title: string;
  readonly ours: Figures;
  readonly peer: Figures;
  /** What ours takes as a part of what the peer takes. */
  readonly ratio: number;
  /** The most that the ratio may be. */
  readonly target: number;
  readonly reached: boolean;
}

/** Compares what the processes of both sides measured. */
export function compare(
  name: string,
  title: string,
  target: number,
  ours: readonly Measurement[],
  theirs: readonly Measurement[],
): Result {
  const [mine, peer] = [figures(ours), figures(theirs)];
  const ratio = mine.median / peer.median;
  return { name, title, ours: mine, peer, ratio, target, reached: ratio <= target };
}

function figures(measurements: readonly Measurement[]): Figures {
  const all = measurements.flatMap(({ seconds }) => seconds);
  return {
    median: quantile(
      measurements.map(({ seconds }) => quantile(seconds, 0.5)),
      0.5,
    ),
    p99: quantile(all, 0.99),
    min: Math.min(...all),
    peakBytes: Math.max(...measurements.map(({ peakBytes }) => peakBytes)),
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
