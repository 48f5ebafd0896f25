/**
 * `tune`: which compression to take, measured on the user's own arrays.
 *
 * What measures is loaded when it is first called: few programs do.
 *
 * @module
 */

import type { Filter } from "../format/filter.ts";
import type { TuneSource } from "./sources.ts";
import type { TuneResult } from "./tune-result.ts";

/** How {@link tune} measures. */
export interface TuneOptions {
  /**
   * Levels of zstd.
   *
   * @defaultValue `[-5, 1, 3, 6, 9, 12, 19]`
   */
  readonly levels?: readonly number[] | undefined;
  /**
   * What is done to the bytes of elements first. Arrow tables are stored without.
   *
   * @defaultValue all of them
   */
  readonly filters?: readonly Filter[] | undefined;
  /**
   * How many arrays are measured at most.
   *
   * @defaultValue `6`
   */
  readonly arrays?: number | undefined;
  /**
   * How many bytes of each array are measured at most.
   *
   * @defaultValue 8 MiB
   */
  readonly sampleBytes?: number | undefined;
  /**
   * Measured runs, after one that warms up; what takes longer than half a second runs once.
   *
   * @defaultValue `3`
   */
  readonly repeat?: number | undefined;
  /**
   * Bytes that the disk reads or writes in a second.
   *
   * @defaultValue `500e6`
   */
  readonly diskSpeed?: number | undefined;
  /**
   * How often an array is loaded after it was stored.
   *
   * @defaultValue `10`
   */
  readonly reloads?: number | undefined;
  /** Ends the work early: the result has what was measured until then. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each measurement. */
  readonly onProgress?: ((progress: TuneProgress) => void) | undefined;
}

/** How far measuring is. */
export interface TuneProgress {
  /** Measurements that are done. */
  readonly done: number;
  /** Measurements that there will be. */
  readonly total: number;
  /** Bytes of arrays that were measured, each as often as it was. */
  readonly bytes: number;
  /** Bytes that there will be. */
  readonly totalBytes: number;
}

/**
 * Measures how arrays compress: how small they become, how fast they are stored and loaded, at several
 * levels and with every filter, by the code that stores and loads them. Nothing is written.
 *
 * @param source a value with arrays in it; the path of a `.npy` or `.arrow` file, of a file that
 * `dump` wrote, or of the directory of a cache; or a Memory on a directory.
 * @throws TypeError, RangeError for wrong options; CacheError `ERR_UNSUPPORTED_VALUE` where there is
 * no array of 4 KiB or more; errors of the file system.
 *
 * @example
 * ```ts
 * const result = await tune("./cache", { reloads: 100 });
 * console.log(String(result));
 * const memory = new Memory("./cache", result.recommendations[2]?.options);
 * ```
 */
export async function tune(source: TuneSource, options: TuneOptions = {}): Promise<TuneResult> {
  const { measureAll } = await import("./measure-all.ts");
  return measureAll(source, options);
}
