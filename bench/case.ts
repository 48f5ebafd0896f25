/**
 * What a benchmark case is, and how one process measures it.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { PeerName } from "./peer.ts";

/** One measured piece of work, set up in a process of its own. */
export interface Prepared {
  /** Does the work once; `turn` counts from 0, warm-up included. Its answer is asserted. */
  run(turn: number): void | Promise<void>;
  /** Seconds of the last run, where only a part of it counts. */
  readonly spent?: () => number;
  /** Unmeasured work between two runs. */
  between?(turn: number): void | Promise<void>;
  /** What was found out besides the time, such as a ratio of compression or a number of files. */
  readonly facts?: () => Readonly<Record<string, number>>;
}

/** A case; each peer beside it has one of the same name. */
export interface Case {
  /** What is measured, for the table. */
  readonly title: string;
  /**
   * What it is measured beside; the first one is the one to beat.
   *
   * @defaultValue joblib
   */
  readonly beside?: readonly PeerName[];
  /** The most that ours may take, as a part of what a peer takes. */
  readonly targets?: Readonly<Partial<Record<PeerName, number>>>;
  /** The most seconds that ours may take, whatever the peers take. */
  readonly limit?: number;
  /** The most bytes that the process may grow by while it is measured. */
  readonly growthLimit?: number;
  /** Whether the store lies on a file system in memory, so that no disk is measured. */
  readonly inMemory?: boolean;
  /** The first major version of Node that can do it. */
  readonly node?: number;
  /** Fewer processes than usual, where one takes long. */
  readonly processes?: number;
  /** How many pieces of work one run does; figures are for one piece. */
  readonly pieces?: number;
  /** Runs before measuring, and measured runs, in each process of each side; see {@link Counts}. */
  readonly warmUp: number;
  readonly samples: number;
  /** Prepares the work in an empty directory. */
  prepare(directory: string): Prepared | Promise<Prepared>;
}

/** What one process measured. */
export interface Measurement {
  /** Seconds of each run, for one piece of work. */
  readonly seconds: readonly number[];
  /** Peak resident memory of the process in bytes; on Linux, since the first run. */
  readonly peakBytes: number;
  /** How much more that is than what was resident before the first run. Not told by every peer. */
  readonly growthBytes?: number;
  readonly facts?: Readonly<Record<string, number>>;
}

/** What has to be known of a case to run it. */
export type Runnable = Pick<Case, "pieces" | "prepare">;

/**
 * How many runs a process does. A side that is slow does fewer: none begins after the seconds of the
 * warm-up or of the measurement, but for the first measured one. The peers' programs do the same.
 */
export type Counts = Pick<Case, "warmUp" | "samples">;

const MOST_SECONDS = { warmUp: 2, samples: 3 };

/** Runs a case in this process. */
export async function measure(
  { prepare, pieces = 1 }: Runnable,
  { warmUp, samples }: Counts,
  directory: string,
): Promise<Measurement> {
  const prepared = await prepare(directory);
  forgetPeak();
  const before = peak();
  const seconds: number[] = [];
  let turn = 0;
  const once = async (): Promise<number> => {
    const start = process.hrtime.bigint();
    const running = prepared.run(turn);
    // What is done at once is not made to wait for the next turn of the event loop.
    if (running) await running;
    const end = process.hrtime.bigint();
    return prepared.spent?.() ?? Number(end - start) / 1e9;
  };
  for (let left = MOST_SECONDS.warmUp; turn < warmUp && left > 0; turn++) {
    left -= await once();
    await prepared.between?.(turn);
  }
  for (let left = MOST_SECONDS.samples; seconds.length < samples && left > 0; turn++) {
    const spent = await once();
    left -= spent;
    seconds.push(spent / pieces);
    await prepared.between?.(turn);
  }
  const facts = prepared.facts?.();
  const peakBytes = peak();
  return { seconds, peakBytes, growthBytes: peakBytes - before, ...(facts && { facts }) };
}

/** What was needed to prepare does not count. */
function forgetPeak(): void {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  for (let i = 0; i < 2; i++) collectGarbage();
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
}

function peak(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}
