/**
 * What the values of an array are like: range, mean, how many are no numbers, and a histogram.
 *
 * Of a large array a sample is read: ranges that are evenly spread over it.
 *
 * @module
 */

import type { ElementSource } from "./element-source.ts";
import type { Elements } from "./number-format.ts";

/** What is known of the values. */
export interface Statistics {
  /** How many were read. */
  readonly read: number;
  /** Whether these were not all. */
  readonly isSampled: boolean;
  readonly nan: number;
  readonly infinite: number;
  /** The least and the largest finite value, of complex numbers by their absolute values. */
  readonly min: number | bigint | null;
  readonly max: number | bigint | null;
  readonly mean: number | null;
  /** How many values are in each of equally wide ranges from `min` to `max`. */
  readonly counts: readonly number[];
}

const READ_ALL = 2 ** 22;
const SAMPLES = 256;
const SAMPLE_LENGTH = 4096;
const WINDOW = 2 ** 16;
const BINS = 8;

/** Goes through the values twice: for their range, and for the histogram. */
export function statisticsOf(source: ElementSource): Statistics {
  const { length } = source;
  const isSampled = length > READ_ALL;
  const ranges = isSampled ? spread(length) : consecutive(length);
  let [read, nan, infinite, finite, sum] = [0, 0, 0, 0, 0];
  let min: number | bigint | null = null;
  let max: number | bigint | null = null;
  for (const [first, count] of ranges) {
    for (const element of source.read(first, count)) {
      const value = sizeOf(element);
      read++;
      if (typeof value === "number" && !Number.isFinite(value)) {
        if (Number.isNaN(value)) nan++;
        else infinite++;
        continue;
      }
      finite++;
      sum += Number(value);
      if (min === null || value < min) min = value;
      if (max === null || value > max) max = value;
    }
  }
  const counts =
    min !== null && max !== null && min < max ? histogram(source, ranges, min, max) : [];
  const mean = finite === 0 || !Number.isFinite(sum) ? null : sum / finite;
  return { read, isSampled, nan, infinite, min, max, mean, counts };
}

function histogram(
  source: ElementSource,
  ranges: readonly Range[],
  min: number | bigint,
  max: number | bigint,
): number[] {
  const low = Number(min);
  // Half of each, as the difference may be more than a number can be.
  const halfWidth = Number(max) / 2 - low / 2;
  const counts = new Array<number>(BINS).fill(0);
  for (const [first, count] of ranges) {
    for (const element of source.read(first, count)) {
      const value = Number(sizeOf(element));
      if (!Number.isFinite(value)) continue;
      const at = Math.floor(((value / 2 - low / 2) / halfWidth) * BINS);
      const bin = Math.min(BINS - 1, Math.max(0, at));
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return counts;
}

function sizeOf(element: Elements[number]): number | bigint {
  if (typeof element === "boolean") return Number(element);
  if (typeof element === "object") return Math.hypot(...element);
  // -0 is no least value of its own.
  return typeof element === "number" ? element + 0 : element;
}

type Range = readonly [first: number, count: number];

function consecutive(length: number): Range[] {
  const ranges: Range[] = [];
  for (let first = 0; first < length; first += WINDOW) {
    ranges.push([first, Math.min(WINDOW, length - first)]);
  }
  return ranges;
}

function spread(length: number): Range[] {
  const step = (length - SAMPLE_LENGTH) / (SAMPLES - 1);
  return Array.from({ length: SAMPLES }, (_, i) => [Math.floor(i * step), SAMPLE_LENGTH] as const);
}
