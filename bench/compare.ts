/**
 * The sides of a case as figures and a verdict.
 *
 * @module
 */

import type { Case, Measurement } from "./case.ts";
import type { PeerName } from "./peer.ts";

/** The figures of one side. Seconds and bytes. */
export interface Figures {
  readonly median: number;
  readonly p99: number;
  readonly min: number;
  readonly peakBytes: number;
  /** How much the process grew by while it was measured. */
  readonly growthBytes?: number;
  /** What was found out besides the time. */
  readonly facts?: Readonly<Record<string, number>>;
}

/** A peer's side. */
export interface PeerFigures extends Figures {
  /** What ours takes as a part of what the peer takes. */
  readonly ratio: number;
  /** The most that the ratio may be. */
  readonly target?: number;
}

/** A case with all sides. */
export interface Result {
  readonly name: string;
  readonly title: string;
  /** The day on which all sides were measured. */
  readonly date: string;
  /** How many processes of each side were measured. */
  readonly processes: number;
  readonly ours: Figures;
  readonly peers: Readonly<Partial<Record<PeerName, PeerFigures>>>;
  /** The most seconds that ours may take. */
  readonly limit?: number;
  /** The most bytes that ours may grow by. */
  readonly growthLimit?: number;
  /** Whether all targets that could be judged hold; nothing where there is none. */
  readonly reached?: boolean;
}

/** Compares what the processes of all sides measured. */
export function compare(
  name: string,
  { title, targets = {}, limit, growthLimit }: Case,
  ours: readonly Measurement[],
  theirs: ReadonlyMap<PeerName, readonly Measurement[]>,
): Result {
  const mine = figures(ours);
  const peers = [...theirs].map(([peer, measurements]) => {
    const side = figures(measurements);
    const target = targets[peer];
    const ratio = mine.median / side.median;
    return [peer, { ...side, ratio, ...(target !== undefined && { target }) }] as const;
  });
  const verdicts = peers.flatMap(([, { ratio, target }]) =>
    target === undefined ? [] : [ratio <= target],
  );
  if (limit !== undefined) verdicts.push(mine.median <= limit);
  if (growthLimit !== undefined) verdicts.push((mine.growthBytes ?? Infinity) <= growthLimit);
  return {
    ...{ name, title, date: new Date().toISOString().slice(0, 10) },
    ...{ processes: ours.length, ours: mine },
    peers: Object.fromEntries(peers),
    ...(limit !== undefined && { limit }),
    ...(growthLimit !== undefined && { growthLimit }),
    ...(verdicts.length > 0 && { reached: verdicts.every(Boolean) }),
  };
}

function figures(measurements: readonly Measurement[]): Figures {
  const all = measurements.flatMap(({ seconds }) => seconds);
  const facts = measurements.at(-1)?.facts;
  const growths = measurements.flatMap(({ growthBytes }) => growthBytes ?? []);
  return {
    median: quantile(
      measurements.map(({ seconds }) => quantile(seconds, 0.5)),
      0.5,
    ),
    p99: quantile(all, 0.99),
    min: Math.min(...all),
    peakBytes: Math.max(...measurements.map(({ peakBytes }) => peakBytes)),
    ...(growths.length > 0 && { growthBytes: Math.max(...growths) }),
    ...(facts && { facts }),
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
