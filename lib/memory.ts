/**
 * `Memory`: where results are kept, and how.
 *
 * @module
 */

import { cacheFunction, type Home } from "./call/cache.ts";
import { type EntriesOptions, entriesOf, type Listing } from "./call/entries/entry-info.ts";
import { LocalEntries } from "./call/entries/local-entries.ts";
import { openEntries } from "./call/entries/open.ts";
import { type Flow, run, wait } from "./call/flow.ts";
import type { MemorizedFunc } from "./call/memorized-func.ts";
import {
  type Location,
  type MemoryOptions,
  memoryChecks,
  type ShapeOf,
} from "./call/memory-options.ts";
import { checkReduction, type ReduceOptions } from "./call/reduction.ts";
import {
  type AnyFunction,
  type CacheOptions,
  type ClearOptions,
  cacheChecks,
  clearOptions,
  defaultSettings,
  type Settings,
  warnOfCompressedMaps,
} from "./call/settings.ts";
import type { Answer, Shape } from "./call/shape.ts";
import { Counters, type MemoryStats } from "./call/stats.ts";
import {
  checkVerifying,
  nothingVerified,
  type Verification,
  type VerifyOptions,
} from "./call/verify/verify.ts";
import { callerModule } from "./code/origin/identity.ts";
import { wrongType } from "./errors.ts";
import { type ArrayOrder, createEmpty, type EmptyArray, type EmptyDtype } from "./file/empty.ts";
import type { Compress } from "./format/compression.ts";
import { checkOptions } from "./options.ts";
import type { Reduction } from "./store/limits/reduce.ts";
import type { SizeLimits } from "./store/limits/size-limits.ts";
import type { MmapMode } from "./store/map/mapping.ts";
import { errorCode, WarnOnce } from "./warning.ts";

/** The context that a decorator on a method is called with, by the TC39 proposal. */
export interface MethodContext {
  /** What is decorated. */
  readonly kind: "method";
  /** The name of the method. */
  readonly name: string | symbol;
}

/**
 * A disk cache of function results.
 *
 * @example
 * ```ts
 * const memory = new Memory("./cache", { mmapMode: "r" });
 * const gram = memory.cache(function gram(x: Float64Array, n: number) { ... });
 * gram(x, 3); // computes, stores, returns
 * gram(x, 3); // loads
 * ```
 */
export class Memory<L extends Location = string, B extends string = "local"> {
  /** The directory that was named, absolute; everything lies in `ndmemo` inside it. `null`: none. */
  declare readonly location: string | null;
  /** The name of the store's kind. */
  declare readonly backend: B;
  readonly #home: Home;

  /**
   * Makes a cache; this touches no disk.
   *
   * @param location a directory, as a path (`~` is expanded) or a `file:` URL; it is made when the
   * first entry is stored. `null` or `undefined`: every call runs its function.
   * @throws TypeError for a location of another kind, for unknown options and options of the wrong
   * kind; an `ENOTDIR` error where the location is a file.
   */
  constructor(location?: L, options: MemoryOptions<B> = {}) {
    const checked = checkOptions<MemoryOptions<string>>("Memory", options, memoryChecks);
    const { durable, limits, backend, backendOptions, ...settings } = checked;
    const entries = openEntries(location, {
      ...{ durable, backend, backendOptions },
      limits: limits as SizeLimits | undefined,
    });
    const place = entries?.location ?? null;
    Object.defineProperty(this, "location", { value: place, enumerable: true });
    const kind = (entries?.backend ?? backend ?? "local") as B;
    Object.defineProperty(this, "backend", { value: kind, enumerable: true });
    // The code of a function counts with what it captures, but not where its results are kept.
    Object.defineProperty(this, Symbol.for("ndmemo.memory"), { value: true });
    // Some compilers call a decorator without its receiver.
    Object.defineProperty(this, "cache", { value: this.cache.bind(this) });
    this.#home = {
      entries,
      settings: { ...defaultSettings, ...settings } as Settings,
      warnings: new WarnOnce(),
      counters: new Counters(),
    };
    warnOfCompressedMaps(this.#home.warnings, this.#home.settings);
  }

  /** How arrays come back where a function has no mode of its own. */
  get mmapMode(): MmapMode | null {
    return this.#home.settings.mmapMode;
  }

  /** How arrays are compressed where a function does not differ. */
  get compress(): Compress {
    return this.#home.settings.compress;
  }

  /** How much is said where a function does not differ. */
  get verbose(): number {
    return this.#home.settings.verbose;
  }

  /**
   * Caches a function: the result is called like the original, and loads what it returned before
   * for equal arguments.
   *
   * Also `cache(options)(func)`, and `@memory.cache` or `@memory.cache(options)` on a method. Caching
   * a cached function caches the function inside it.
   *
   * @throws TypeError for what is no function, an anonymous function without the option `name`, and
   * wrong options.
   */
  cache<F extends AnyFunction>(func: F, options?: CacheOptions<F>): MemorizedFunc<F, ShapeOf<L, B>>;
  cache<F extends AnyFunction>(method: F, context: MethodContext): MemorizedFunc<F, ShapeOf<L, B>>;
  cache(options?: CacheOptions): Cacher<ShapeOf<L, B>>;
  cache(...all: readonly unknown[]): unknown {
    const [given, second] = all;
    if (typeof given === "function") {
      const options = isContext(second)
        ? methodOptions(second)
        : second === undefined
          ? {}
          : second;
      const checked = checkOptions<CacheOptions>("cache", options, cacheChecks);
      return cacheFunction(this.#home, given as AnyFunction, checked, moduleOf(checked));
    }
    if (second !== undefined) {
      const hint = 'a decorator needs TypeScript without "experimentalDecorators"';
      throw wrongType("the first of two arguments of cache", `a function (${hint})`, given);
    }
    // An import of a name that does not exist is `undefined`, and no options.
    if (all.length > 0 && !isOptions(given)) {
      throw wrongType("the first argument of cache", "a function or options", given);
    }
    const options = checkOptions<CacheOptions>("cache", given ?? {}, cacheChecks);
    const calledBy = moduleOf(options);
    return (func: AnyFunction, context?: unknown) => {
      if (isContext(context)) methodOptions(context);
      return cacheFunction(this.#home, func, options, calledBy);
    };
  }

  /** Calls a function through the cache: `cache(func)(...args)`. */
  eval<F extends AnyFunction>(func: F, ...args: Parameters<F>): Answered<F, ShapeOf<L, B>> {
    const cached = cacheFunction<F, "same">(this.#home, func, {}, callerModule());
    return cached(...args) as Answered<F, ShapeOf<L, B>>;
  }

  /**
   * Makes an array of zeros on a file inside the store: a cached function that returns it, alone or
   * in a value, has it stored without a copy, however large. It may be larger than memory.
   *
   * Its space on the disk is reserved, and given back where the array is not returned. Without a
   * local store, or without the native addon, it is an ordinary array in memory.
   *
   * @param dtype the type of its elements, such as `"float64"`.
   * @param shape how many elements, as a number or as `[number]`: a typed array. With more axes, or
   * none, and for complex and boolean elements: an array of `@stdlib/ndarray`.
   * @param order which axis runs fastest: the last (`"C"`, the default), or the first (`"F"`).
   * @throws TypeError, RangeError for what makes no array; CacheError `ERR_NATIVE` for more bytes
   * than a map can have; errors of the file system, such as `ENOSPC`.
   */
  empty<D extends EmptyDtype, const S extends number | readonly number[]>(
    dtype: D,
    shape: S,
    order?: ArrayOrder,
  ): EmptyArray<D, S> {
    const isLocal = this.#home.entries instanceof LocalEntries;
    return createEmpty(isLocal ? this.location : null, dtype, shape, order);
  }

  /**
   * Iterates over the entries, of all functions or of one.
   *
   * @param options `func`: a cached function, or the `functionId` of one.
   */
  entries(options: EntriesOptions = {}): Listing<ShapeOf<L, B>> {
    return entriesOf(this.#home.entries, options) as Listing<ShapeOf<L, B>>;
  }

  /** What the cache did in this process, and what it holds: of all functions and of each. */
  stats(): Answer<MemoryStats, ShapeOf<L, B>> {
    const { entries, counters } = this.#home;
    return run(
      (function* (): Flow<MemoryStats> {
        return counters.all(entries ? yield* wait(entries.holdings()) : []);
      })(),
    ) as Answer<MemoryStats, ShapeOf<L, B>>;
  }

  /**
   * Removes the entries that were not used for longest, until every limit holds; an entry exactly at
   * a limit is kept. Without a limit nothing is removed.
   *
   * @throws TypeError, RangeError for wrong limits, also where there are no entries.
   */
  reduceSize(options: ReduceOptions = {}): Answer<Reduction, ShapeOf<L, B>> {
    const { limits, dryRun } = checkReduction(options);
    const nothing = { items: 0, bytes: 0 };
    const { entries } = this.#home;
    const reduction = entries?.reduce(limits, dryRun) ?? { removed: nothing, kept: nothing };
    return reduction as Answer<Reduction, ShapeOf<L, B>>;
  }

  /** {@link Memory.reduceSize} as joblib spells it. */
  reduce_size(options: ReduceOptions = {}): Answer<Reduction, ShapeOf<L, B>> {
    return this.reduceSize(options);
  }

  /**
   * Compares everything that is stored with its checksums, whatever the option `verify` says, and
   * tells what is damaged. This reads all of the cache, in windows; an entry that was opened for
   * writing (`"r+"`) is `modified`, not damaged.
   *
   * @param options `repair`: removes what is damaged, and nothing that ndmemo did not write.
   */
  verify(options: VerifyOptions = {}): Answer<Verification, ShapeOf<L, B>> {
    const verifying = checkVerifying(options);
    const verification = this.#home.entries?.verify(verifying) ?? nothingVerified();
    return verification as Answer<Verification, ShapeOf<L, B>>;
  }

  /** Resolves when work in the background is done: eviction, checksums of adopted arrays, uploads. */
  async flush(): Promise<void> {
    await this.#home.entries?.flush();
  }

  /**
   * Removes all entries, and nothing that ndmemo did not write: other files survive, wherever they
   * lie. Mappings of removed arrays stay valid.
   */
  clear(options: ClearOptions = {}): Answer<void, ShapeOf<L, B>> {
    const { warn } = clearOptions(options);
    const { entries, settings } = this.#home;
    const { verbose, logger } = settings;
    try {
      if (warn && verbose > 0) logger.warn("Flushing completely the cache");
    } catch (error) {
      this.#home.warnings.warn("the logger", errorCode(error), `The logger threw: ${error}`);
    }
    return entries?.clear() as Answer<void, ShapeOf<L, B>>;
  }
}

/** What `cache(options)` returns. */
export type Cacher<S extends Shape = "same"> = <F extends AnyFunction>(
  func: F,
  context?: MethodContext,
) => MemorizedFunc<F, S>;

/** What a call through the cache returns. */
export type Answered<F extends AnyFunction, S extends Shape> = S extends "same"
  ? ReturnType<F>
  : Promise<Awaited<ReturnType<F>>>;

function isOptions(value: unknown): value is CacheOptions {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isContext(value: unknown): value is MethodContext {
  return isOptions(value) && "kind" in value && "addInitializer" in value;
}

/** The module of a function: the one that is named, or that which called into ndmemo. */
function moduleOf({ module }: { readonly module?: string | undefined }): string {
  return module ?? callerModule();
}

/** The options of a decorated method: none. @throws TypeError for what is no method. */
function methodOptions({ kind }: MethodContext): CacheOptions {
  if (kind === "method") return {};
  throw wrongType("a decorated member", "a method", kind);
}
