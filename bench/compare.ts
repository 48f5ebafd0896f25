/**
 * Two sides of a case as figures and a verdict.
 *
 * @module
 */

import type { Case, Measurement } from "./case.ts";

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
  /** How many processes of each side were measured. */
  readonly processes: number;
  readonly ours: Figures;
  readonly peer?: Figures;
  /** What ours takes as a part of what the peer takes. */
  readonly ratio?: number;
  /** The most that the ratio may be. */
  readonly target?: number;
  /** The most seconds that ours may take. */
  readonly limit?: number;
  /** Nothing where there is no target and no limit. */
  readonly reached?: boolean;
}

/** Compares what the processes of both sides measured; of a case that is alone, one side. */
export function compare(
  name: string,
  { title, target, limit }: Case,
  ours: readonly Measurement[],
  theirs: readonly Measurement[],
): Result {
  const mine = figures(ours);
  const peer = theirs.length > 0 ? figures(theirs) : undefined;
  const ratio = peer && mine.median / peer.median;
  const aims = [
    ...(target === undefined || ratio === undefined ? [] : [ratio <= target]),
    ...(limit === undefined ? [] : [mine.median <= limit]),
  ];
  return {
    ...{ name, title, processes: ours.length, ours: mine },
    ...(peer && { peer }),
    ...(ratio !== undefined && { ratio }),
    ...(target !== undefined && { target }),
    ...(limit !== undefined && { limit }),
    ...(aims.length > 0 && { reached: aims.every(Boolean) }),
  };
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
