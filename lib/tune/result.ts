/**
 * What measuring came to: rows for every way to store, and which of them to take.
 *
 * @module
 */

import type { Compress } from "../format/compression.ts";
import type { Filter } from "../format/filter.ts";
import type { Measured } from "./measure.ts";

/** A way to store arrays. */
export interface Way {
  /** The level of zstd, or `null` for arrays stored as they are. */
  readonly level: number | null;
  /** The filter; `"chosen"`: for each array the one that a sample of it speaks for. */
  readonly filter: Filter | "chosen";
}

/** What was measured of one way, of all arrays or of one. */
export interface TuneRow extends Way, Measured {
  /** Bytes of the files. */
  readonly bytes: number;
  /** Bytes of the arrays. */
  readonly rawBytes: number;
  /** Seconds to store once and load as often as asked, with the disk that was asked for. */
  readonly seconds: number;
  /** Whether no other row is better in one of ratio, store and load and worse in none. */
  readonly isBest: boolean;
}

/** An array, and what was measured of it. */
export interface TunedArray {
  /** Where it was found: a file, or the path in the value. */
  readonly name: string;
  /** The NumPy descriptor of its elements, or `arrow`. */
  readonly descr: string;
  /** Bytes of all of it. */
  readonly bytes: number;
  /** Bytes that were measured. */
  readonly sampleBytes: number;
  /** What was measured. */
  readonly rows: readonly TuneRow[];
}

/** What to take for an aim. */
export interface Recommendation {
  /** What is wanted. */
  readonly aim: "fastest load" | "smallest" | "least total time";
  /** The option, to be pasted: `new Memory(location, options)`. */
  readonly options: {
    /** As a Memory takes it. */
    readonly compress: Compress;
  };
  /** Why. */
  readonly reason: string;
  /** What it was found to do. */
  readonly row: TuneRow;
}

/** For what disk and how many reloads the total time is. */
export interface Conditions {
  /** Bytes that the disk reads or writes in a second. */
  readonly diskSpeed: number;
  /** How often an array is loaded after it was stored. */
  readonly reloads: number;
}

/** The same way measured of every array, put together by their bytes. */
export function rowOf(
  way: Way,
  parts: readonly (Measured & { readonly rawBytes: number })[],
  { diskSpeed, reloads }: Conditions,
): Omit<TuneRow, "isBest"> {
  const sum = (of: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const rawBytes = sum((part) => part.rawBytes);
  const bytes = sum((part) => part.rawBytes / part.ratio);
  const store = sum((part) => part.rawBytes / part.storeSpeed);
  const load = sum((part) => part.rawBytes / part.loadSpeed);
  const disk = bytes / diskSpeed;
  return {
    ...way,
    ...{ bytes: Math.round(bytes), rawBytes, ratio: rawBytes / bytes },
    ...{ storeSpeed: rawBytes / store, loadSpeed: rawBytes / load },
    seconds: store + disk + reloads * (load + disk),
  };
}

/** The rows with those marked that no other one beats. */
export function marked(rows: readonly Omit<TuneRow, "isBest">[]): TuneRow[] {
  const figures = ["ratio", "storeSpeed", "loadSpeed"] as const;
  return rows.map((row) => {
    const isBeaten = rows.some(
      (other) =>
        figures.every((name) => other[name] >= row[name]) &&
        figures.some((name) => other[name] > row[name]),
    );
    return { ...row, isBest: !isBeaten };
  });
}

/** The option that stores in a way. */
function optionOf({ level, filter }: Way, hasFilters: boolean = true): Compress {
  if (level === null) return false;
  return filter === "chosen" || !hasFilters ? level : { level, filter };
}

/**
 * What to take for each of three aims.
 *
 * @param hasFilters whether a filter makes a difference to anything that was measured.
 */
export function recommendations(
  rows: readonly TuneRow[],
  { diskSpeed, reloads }: Conditions,
  hasFilters: boolean = true,
): Recommendation[] {
  const packed = rows.filter(({ level }) => level !== null);
  if (packed.length === 0) return [];
  const loadSeconds = ({ bytes, rawBytes, loadSpeed }: TuneRow): number =>
    bytes / diskSpeed + rawBytes / loadSpeed;
  const disk = `${Math.round(diskSpeed / 1e6)} MB/s`;
  const best = (all: readonly TuneRow[], cost: (row: TuneRow) => number): TuneRow =>
    all.reduce((least, row) => (cost(row) < cost(least) ? row : least));
  const make = (aim: Recommendation["aim"], row: TuneRow, reason: string): Recommendation => {
    return { aim, options: { compress: optionOf(row, hasFilters) }, reason, row };
  };
  const fast = best(rows, loadSeconds);
  const small = best(packed, ({ bytes }) => bytes);
  const cheap = best(rows, ({ seconds }) => seconds);
  return [
    make("fastest load", fast, `a load takes ${text(loadSeconds(fast))} from a disk of ${disk}`),
    make("smallest", small, `${small.ratio.toFixed(2)} times smaller`),
    make(
      "least total time",
      cheap,
      `${text(cheap.seconds)} to store once and load ${reloads} times, with a disk of ${disk}`,
    ),
  ];
}

function text(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}
