/**
 * What a Memory and a cached function can be told, and what holds where nothing is said.
 *
 * @module
 */

import type { Verify } from "../file/array-file.ts";
import type { Track } from "../hash/code.ts";
import { type Logger, stderrLogger } from "../log.ts";
import { type Checks, checkOptions, flag, level, oneOf, text } from "../options.ts";
import { checkMmapMode, type MmapMode } from "../store/mapping.ts";

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
}

/** What one cached function can be told. */
export interface CacheOptions extends SharedOptions {
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
  readonly verbose: number;
  readonly verify: Verify;
  readonly track: Track;
  readonly logger: Logger;
}

/** What holds where nothing is said. */
export const defaultSettings: Settings = {
  mmapMode: null,
  verbose: 1,
  verify: "size",
  track: "deep",
  logger: stderrLogger,
};

/** The checks of {@link SharedOptions}. */
export const sharedChecks: Checks<SharedOptions> = {
  mmapMode: checkMmapMode,
  verbose: level,
  verify: oneOf("size", "full", "none"),
  track: oneOf("deep", "own", "none"),
};

/** The checks of {@link CacheOptions}. */
export const cacheChecks: Checks<CacheOptions> = { ...sharedChecks, name: text, module: text };
