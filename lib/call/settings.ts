/**
 * What a Memory and a cached function can be told, and what holds where nothing is said.
 *
 * @module
 */

import type { Verify } from "../file/array-file.ts";
import { type Compress, checkCompress, isCompressing } from "../format/compression.ts";
import type { ArrayFormat } from "../format/value.ts";
import type { Track } from "../hash/code/code.ts";
import { type Logger, stderrLogger } from "../log.ts";
import {
  anything,
  type Checks,
  callable,
  checkOptions,
  flag,
  level,
  names,
  oneOf,
  record,
  text,
} from "../options.ts";
import { checkDuration, type Duration } from "../store/duration.ts";
import { checkMmapMode, type MmapMode } from "../store/map/mapping.ts";
import type { WarnOnce } from "../warning.ts";
import type { Metadata } from "./entries/metadata.ts";

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown;

/** Who a cached function is. */
export interface Identity {
  /** `<module>#<name>`. */
  readonly functionId: string;
  readonly name: string;
}

/** Settings that a Memory has and that each cached function can have for itself. */
export interface SharedOptions {
  /**
   * How arrays of results come back: `"r"` and `"c"` map them, writes stay private; `"r+"` and
   * `"w+"` map them and writes change the entry; `null` reads them into memory.
   *
   * @defaultValue `null`
   */
  readonly mmapMode?: MmapMode | null | undefined;
  /**
   * How arrays of 4 KiB and more are compressed when they are stored: `true` is level 3; a number, a
   * level of zstd; `"auto"` leaves out what does not become a tenth smaller. It is no part of the key:
   * an entry is a hit however it was stored. Compressed arrays are loaded into memory, not mapped.
   *
   * @defaultValue `false`
   */
  readonly compress?: Compress | undefined;
  /**
   * How much is said: 0 nothing, 1 computations, 2 loads, above 10 everything.
   *
   * @defaultValue `1`
   */
  readonly verbose?: number | undefined;
  /**
   * What is checked at each load besides manifest, headers and sizes: `"full"` hashes every byte.
   *
   * @defaultValue `"size"`
   */
  readonly verify?: Verify | undefined;
  /**
   * What of the code is in the key: `"own"`, the function's source without comments and layout;
   * `"deep"`, also the helpers, classes, constants and captured values that it reaches, up to
   * installed packages, which count by name and version; `"none"`, nothing.
   *
   * @defaultValue `"deep"`
   */
  readonly track?: Track | undefined;
  /**
   * What a miss does: `"compute"` runs the function, `"throw"` is an error `ERR_CACHE_MISS`, for
   * results that are meant to be there: in CI, or beside a paper.
   *
   * @defaultValue `"compute"`
   */
  readonly onMiss?: OnMiss | undefined;
  /**
   * Whether of several processes and threads that miss the same call only one computes, while the
   * others wait for it and load the result. Within a thread, calls of an asynchronous function that
   * are under way at the same time share one computation in any case.
   *
   * @defaultValue `true`; on a store whose locks cost requests, `true` for functions that may take
   * longer than a lock is worth: see {@link StoreBackend.lockPaysFrom}
   */
  readonly lock?: boolean | undefined;
  /**
   * How long a call waits for another one that computes the same: milliseconds, or an object such as
   * `{ minutes: 5 }`. Then it is an error `ERR_LOCK_TIMEOUT`.
   *
   * @defaultValue as long as the other one lives
   */
  readonly lockTimeout?: number | Duration | undefined;
}

/** What a miss does. */
export type OnMiss = "compute" | "throw";

/** What one cached function can be told. */
export interface CacheOptions<F extends AnyFunction = AnyFunction> extends SharedOptions {
  /**
   * The name the entries are kept under.
   *
   * @defaultValue the function's own name; a function without one needs this option
   */
  readonly name?: string | undefined;
  /**
   * The file that the name belongs to.
   *
   * @defaultValue the calling file, relative to its package
   */
  readonly module?: string | undefined;
  /**
   * Parameters that are left out of the key: `"x"`; `"options.debug"`, a property of one; `"debug"`,
   * also a variable that is destructured from one; `"this"`, the receiver.
   *
   * @defaultValue `[]`
   */
  readonly ignore?: readonly string[] | undefined;
  /**
   * What dense arrays of results are stored as: `"npy"`, or `"arrow"`, an Arrow IPC file of one column
   * that Polars, DuckDB and other programs read as a table; Polars only arrays of up to two axes. Either
   * comes back as the same array, mapped where that is asked. It is no part of the key. Arrow tables
   * are Arrow files in any case.
   *
   * @defaultValue `"npy"`
   */
  readonly format?: ArrayFormat | undefined;
  /**
   * Takes the place of the code in the key: a new value makes new entries, a change of the code does
   * not. Any value that can be hashed.
   */
  readonly version?: unknown;
  /**
   * Values that the function closes over, by name: they become part of the key. Needed where they
   * cannot be read, which `explain` tells.
   *
   * @defaultValue `{}`
   */
  readonly captures?: Readonly<Record<string, unknown>> | undefined;
  /**
   * What to hash in place of the arguments: called with them, without a receiver.
   *
   * @defaultValue the arguments themselves
   */
  readonly key?: ((...args: Parameters<F>) => unknown) | undefined;
  /**
   * Asked when there is an entry, with its metadata: unless it returns `true`, or for an
   * asynchronous function the promise of `true`, the function runs again and the entry is replaced.
   * See {@link expiresAfter}. What it throws reaches the caller.
   */
  readonly cacheValidationCallback?:
    | ((metadata: Metadata) => boolean | PromiseLike<boolean>)
    | undefined;
  /**
   * Asked with each fresh result: `false` leaves it out of the cache. For an asynchronous function it
   * may return a promise. Where it throws, the caller gets the result and a warning.
   *
   * @defaultValue every result is kept
   */
  readonly storeIf?:
    | ((result: Awaited<ReturnType<F>>, metadata: Metadata) => boolean | PromiseLike<boolean>)
    | undefined;
}

/** How a cache is cleared. */
export interface ClearOptions {
  /**
   * Whether the logger is told.
   *
   * @defaultValue `true`
   */
  readonly warn?: boolean | undefined;
}

/** The options of `clear`, checked and complete. */
export function clearOptions(options: ClearOptions): { readonly warn: boolean } {
  return { warn: true, ...checkOptions<ClearOptions>("clear", options, { warn: flag }) };
}

/** The settings that hold for one cached function. */
export interface Settings {
  readonly mmapMode: MmapMode | null;
  readonly compress: Compress;
  readonly verbose: number;
  readonly verify: Verify;
  readonly track: Track;
  readonly onMiss: OnMiss;
  /** Missing: where it is worth its cost. */
  readonly lock?: boolean;
  /** Milliseconds. */
  readonly lockTimeout?: number;
  readonly logger: Logger;
  readonly format?: ArrayFormat;
  readonly ignore?: readonly string[];
  readonly version?: unknown;
  readonly captures?: Readonly<Record<string, unknown>>;
  readonly key?: (...args: unknown[]) => unknown;
  readonly cacheValidationCallback?: (metadata: Metadata) => unknown;
  readonly storeIf?: (result: unknown, metadata: Metadata) => unknown;
}

/** What holds where nothing is said. */
export const defaultSettings: Settings = {
  mmapMode: null,
  compress: false,
  verbose: 1,
  verify: "size",
  track: "deep",
  onMiss: "compute",
  logger: stderrLogger,
};

/** Warns, once for each object that remembers it, of two options of which one loses. */
export function warnOfCompressedMaps(
  warnings: WarnOnce,
  { compress, mmapMode }: Pick<Settings, "compress" | "mmapMode">,
): void {
  if (mmapMode === null || !isCompressing(compress)) return;
  warnings.warn(
    "compress",
    "CACHE_COMPRESSED",
    `compress and mmapMode "${mmapMode}" do not go together: arrays that are compressed are loaded ` +
      'into memory, and only those that compress: "auto" leaves as they are can be mapped',
  );
}

/** The checks of {@link SharedOptions}. */
export const sharedChecks: Checks<SharedOptions> = {
  mmapMode: checkMmapMode,
  compress: checkCompress,
  verbose: level,
  verify: oneOf("size", "full", "none"),
  track: oneOf("deep", "own", "none"),
  onMiss: oneOf("compute", "throw"),
  lock: flag,
  lockTimeout: checkDuration,
};

/** The checks of {@link CacheOptions}. */
export const cacheChecks: Checks<CacheOptions> = {
  ...sharedChecks,
  name: text,
  module: text,
  format: oneOf("npy", "arrow"),
  ignore: names,
  version: anything,
  captures: record,
  key: callable,
  cacheValidationCallback: callable,
  storeIf: callable,
};
