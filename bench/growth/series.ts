/**
 * The series: what grows, and the lines of work that are measured along it.
 *
 * @module
 */

import { entries } from "./entries.ts";
import { nesting } from "./nesting.ts";
import { processes } from "./processes.ts";
import { size } from "./size.ts";

/** Work at one size. */
export interface Work {
  run(turn: number): void | Promise<void>;
  /** How many pieces of work one run does; figures are for one piece. Asked for after the run. */
  readonly pieces?: number;
  /** Whether it can be done only once. */
  readonly once?: boolean;
}

/** One kind of work at all sizes. */
export interface WorkLine {
  /** Prepares the work in an empty directory, or in the one that the series filled. */
  readonly measure: (size: number, directory: string) => Work | Promise<Work>;
  /** The first size it is measured at. */
  readonly from?: number;
  /** The last one. */
  readonly to?: number;
  /** One, where the work changes what the series filled. */
  readonly processes?: number;
}

/** One thing that grows. */
export interface Series {
  readonly title: string;
  /** What the horizontal axis says. */
  readonly axis: string;
  /** What the vertical axis says; all are in seconds. */
  readonly cost: string;
  readonly sizes: readonly number[];
  /** Whether the store lies on a file system in memory, where there is one. */
  readonly inMemory?: boolean;
  /** Fills a directory that all lines are measured in, one after the other: done once for a size. */
  readonly fill?: (size: number, directory: string) => void;
  readonly lines: Readonly<Record<string, WorkLine>>;
}

/** What was measured at one size. */
export interface Point {
  readonly size: number;
  readonly seconds: number;
}

/** A line as measured. */
export interface Line {
  readonly line: string;
  readonly points: readonly Point[];
}

/** What one run measured. */
export interface GrowthReport {
  readonly date: string;
  readonly machine: object;
  readonly versions: object;
  readonly series: Readonly<Record<string, readonly Line[]>>;
}

export const series: Readonly<Record<string, Series>> = { size, entries, nesting, processes };
