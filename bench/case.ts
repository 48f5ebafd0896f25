/**
 * What a benchmark case is, and how one process measures it.
 *
 * @module
 */

/** One measured piece of work, set up in a process of its own. */
export interface Prepared {
  /** Does the work once; `turn` counts from 0, warm-up included. Its answer is asserted. */
  run(turn: number): void;
  /** Unmeasured work between two runs. */
  between?(turn: number): void;
}

/** A case; the peer has one of the same name. */
export interface Case {
  /** What is measured, for the table. */
  readonly title: string;
  /** The most that ours may take, as a part of what the peer takes. */
  readonly target: number;
  /** Runs before measuring, and measured runs, in each process. */
  readonly warmUp: number;
  readonly samples: number;
  /** Prepares the work in an empty directory. */
  prepare(directory: string): Prepared;
}

/** What one process measured. */
export interface Measurement {
  /** Seconds of each run. */
  readonly seconds: readonly number[];
  /** Peak resident memory of the process in bytes. */
  readonly peakBytes: number;
}

/** Runs a case in this process. */
export function measure({ prepare, warmUp, samples }: Case, directory: string): Measurement {
  const prepared = prepare(directory);
  const seconds: number[] = [];
  for (let turn = 0; turn < warmUp + samples; turn++) {
    const start = process.hrtime.bigint();
    prepared.run(turn);
    const end = process.hrtime.bigint();
    if (turn >= warmUp) seconds.push(Number(end - start) / 1e9);
    prepared.between?.(turn);
  }
  return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
}
