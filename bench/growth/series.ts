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
  /** How many pieces of work one run does; figures are for one piece. */
  readonly pieces?: number;
  /** Whether it can be done only once. */
  readonly once?: boolean;
}

/** One kind of work at all sizes. */
export interface WorkLine {
  /** Prepares the work in an empty directory. */
  readonly measure: (size: number, directory: string) => Work | Promise<Work>;
  /** The first size it is measured at. */
  readonly from?: number;
  /** The last one. */
  readonly to?: number;
}

/** One thing that grows. */
export interface Series {
  readonly title: string;
  /** What the horizontal axis says. */
  readonly axis: string;
  /** What the vertical axis says; all are in seconds. */
  readonly cost: string;
  readonly sizes: readonly number[];
  readonly lines: Readonly<Record<string, WorkLine>>;
}

/** A line as measured. */
export interface Line {
  readonly line: string;
  readonly points: readonly { readonly size: number; readonly seconds: number }[];
}

/** What one run measured. */
export interface GrowthReport {
  readonly date: string;
  readonly machine: object;
  readonly versions: object;
  readonly series: Readonly<Record<string, readonly Line[]>>;
}

export const series: Readonly<Record<string, Series>> = { size, entries, nesting, processes };
