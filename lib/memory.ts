/**
 * `Memory`: where results are kept, and how.
 *
 * @module
 */

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyFunction } from "./call/cached-calls.ts";
import { type MemorizedFunc, memorize } from "./call/memorized-func.ts";
import {
  type CacheOptions,
  type ClearOptions,
  cacheChecks,
  clearOptions,
  defaultSettings,
  type Settings,
  type SharedOptions,
  sharedChecks,
} from "./call/settings.ts";
import { callerModule, functionName } from "./code/identity.ts";
import { isNativeCode } from "./code/source.ts";
import { wrongType } from "./errors.ts";
import { originalOf } from "./hash/own-code.ts";
import { type Logger, logger } from "./log.ts";
import { type Checked, type Checks, checkOptions, flag } from "./options.ts";
import { LocalStore } from "./store/local.ts";
import type { MmapMode } from "./store/mapping.ts";
import { WarnOnce } from "./warning.ts";

/** What a {@link Memory} can be told. */
export interface MemoryOptions extends SharedOptions {
  /**
   * Whether an entry is on the disk, not only in the system's buffers, before it is published.
   *
   * @defaultValue `false`
   */
  readonly durable?: boolean | undefined;
  /**
   * Where the lines of `verbose` go.
   *
   * @defaultValue the standard error stream
   */
  readonly logger?: Logger | undefined;
}

const memoryChecks: Checks<MemoryOptions> = { ...sharedChecks, durable: flag, logger };

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
export class Memory {
  /** The directory that was named, absolute; everything lies in `ndmemo` inside it. `null`: none. */
  readonly location: string | null;
  readonly #store: LocalStore | null;
  readonly #settings: Settings;
  readonly #warnings = new WarnOnce();

  /**
   * Makes a cache; this touches no disk.
   *
   * @param location a directory, as a path (`~` is expanded) or a `file:` URL; it is made when the
   * first entry is stored. `null` or `undefined`: every call runs its function.
   * @throws TypeError for a location of another kind, for unknown options and options of the wrong
   * kind; an `ENOTDIR` error where the location is a file.
   */
  constructor(location?: string | URL | null, options: MemoryOptions = {}) {
    const { durable = false, ...settings } = checkOptions("Memory", options, memoryChecks);
    this.location = directoryOf(location);
    // The code of a function counts with what it captures, but not where its results are kept.
    Object.defineProperty(this, Symbol.for("ndmemo.memory"), { value: true });
    // Some compilers call a decorator without its receiver.
    Object.defineProperty(this, "cache", { value: this.cache.bind(this) });
    this.#settings = { ...defaultSettings, ...settings };
    this.#store = this.location === null ? null : new LocalStore(this.location, { durable });
  }

  /** How arrays come back where a function has no mode of its own. */
  get mmapMode(): MmapMode | null {
    return this.#settings.mmapMode;
  }

  /** How much is said where a function does not differ. */
  get verbose(): number {
    return this.#settings.verbose;
  }

  /** The name of the store's kind. */
  get backend(): "local" {
    return "local";
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
  cache<F extends AnyFunction>(func: F, options?: CacheOptions): MemorizedFunc<F>;
  cache<F extends AnyFunction>(method: F, context: MethodContext): MemorizedFunc<F>;
  cache(options?: CacheOptions): Cacher;
  cache<F extends AnyFunction>(
    funcOrOptions?: F | CacheOptions,
    optionsOrContext?: CacheOptions | MethodContext,
  ): MemorizedFunc<F> | Cacher {
    const calledBy = callerModule();
    if (typeof funcOrOptions !== "function") {
      if (optionsOrContext !== undefined) {
        const hint = 'a decorator needs TypeScript without "experimentalDecorators"';
        throw wrongType(
          "the first of two arguments of cache",
          `a function (${hint})`,
          funcOrOptions,
        );
      }
      if (funcOrOptions !== undefined && !isOptions(funcOrOptions)) {
        throw wrongType("the first argument of cache", "a function or options", funcOrOptions);
      }
      const options = checkOptions("cache", funcOrOptions ?? {}, cacheChecks);
      const cacher: Cacher = (func, context) =>
        this.#cache(checkFunction(func), options, context, calledBy);
      return cacher;
    }
    const context = isContext(optionsOrContext) ? optionsOrContext : undefined;
    const options = context ? {} : checkOptions("cache", optionsOrContext ?? {}, cacheChecks);
    return this.#cache(funcOrOptions, options, context, calledBy);
  }

  /** Calls a function through the cache: `cache(func)(...args)`. */
  eval<F extends AnyFunction>(func: F, ...args: Parameters<F>): ReturnType<F> {
    const cached = this.#cache(checkFunction(func), {}, undefined, callerModule());
    return cached(...args) as ReturnType<F>;
  }

  /**
   * Removes all entries, and nothing that ndmemo did not write: other files survive, wherever they
   * lie. Mappings of removed arrays stay valid.
   */
  clear(options: ClearOptions = {}): void {
    const { warn } = clearOptions(options);
    const { verbose, logger } = this.#settings;
    if (warn && verbose > 0) logger.warn("Flushing completely the cache");
    this.#store?.clear();
  }

  #cache<F extends AnyFunction>(
    func: F,
    options: Checked<CacheOptions>,
    context: MethodContext | undefined,
    calledBy: string,
  ): MemorizedFunc<F> {
    if (context && context.kind !== "method") {
      throw wrongType("a decorated member", "a method", context.kind);
    }
    const original = originalOf(func) as AnyFunction as F;
    const name = functionName(original, options.name);
    if (/^class\b/.test(Function.prototype.toString.call(original))) {
      throw wrongType("what is to be cached", "a function", original);
    }
    if (isNativeCode(original)) {
      const accepted = "a function with a source, such as (...args) => original(...args),";
      throw wrongType("what is to be cached", accepted, original);
    }
    const functionId = `${options.module ?? calledBy}#${name}`;
    const { name: _name, module: _module, ...own } = options;
    const settings: Settings = { ...this.#settings, ...own };
    return memorize(original, { functionId, name }, this.#store, settings, options, this.#warnings);
  }
}

/** What `cache(options)` returns. */
export type Cacher = <F extends AnyFunction>(func: F, context?: MethodContext) => MemorizedFunc<F>;

function checkFunction<F extends AnyFunction>(func: F): F {
  if (typeof func === "function") return func;
  throw wrongType("what is to be cached", "a function", func);
}

function isOptions(value: unknown): value is CacheOptions {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isContext(value: unknown): value is MethodContext {
  return isOptions(value) && "kind" in value && "addInitializer" in value;
}

function directoryOf(location: unknown): string | null {
  if (location === null || location === undefined) return null;
  if (location instanceof URL && location.protocol === "file:") return fileURLToPath(location);
  if (typeof location === "string" && location.startsWith("file:")) return fileURLToPath(location);
  if (typeof location !== "string" || location === "") {
    throw wrongType("the location", "a path, a file: URL, null or undefined", location);
  }
  const home = /^~(?=$|[\\/])/.test(location) ? join(homedir(), location.slice(1)) : location;
  return resolve(home);
}
