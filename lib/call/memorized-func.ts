/**
 * What `memory.cache` returns: a function with the original's types, name and length, and the
 * members that look after its entries.
 *
 * @module
 */

import { wrongType } from "../errors.ts";
import { ORIGINAL } from "../hash/code/memorized.ts";
import type { Calls, Outcome } from "./calls.ts";
import type { Listing } from "./entries/entry-info.ts";
import type { Explanation } from "./explain.ts";
import type { MemorizedResult, NotMemorizedResult } from "./memorized-result.ts";
import {
  type AnyFunction,
  type CacheOptions,
  type ClearOptions,
  clearOptions,
} from "./settings.ts";
import type { Answer, Shape } from "./shape.ts";
import type { FunctionStats } from "./stats.ts";

/** The members of a cached function; it is called like the original. */
export interface MemorizedFuncMembers<F extends AnyFunction, S extends Shape = "same"> {
  /** The original function. */
  readonly func: F;
  /** `<module>#<name>`, under which the entries are kept. */
  readonly functionId: string;
  /** The parameters that are left out of the key. */
  readonly ignore: readonly string[];
  /** The options that `cache` was given. */
  readonly options: CacheOptions<F>;
  /**
   * A reference to the result of a call, which is computed and stored first if need be. A hit reads
   * no array.
   */
  callAndShelve(
    ...args: Parameters<F>
  ): Later<F, S, MemorizedResult<Result<F>, S> | NotMemorizedResult<Result<F>, S>>;
  /** Whether a call with these arguments would be a hit; computes and stores nothing. */
  checkCallInCache(...args: Parameters<F>): Answer<boolean, S>;
  /** Runs the function, replaces the entry, and returns the value with the metadata of the call. */
  recompute(...args: Parameters<F>): Later<F, S, Outcome<Result<F>>>;
  /**
   * Stores a value that was computed elsewhere, in place of an entry there may be. A promise is
   * waited for.
   *
   * @throws CacheError `ERR_UNSUPPORTED_VALUE`; errors of the store.
   */
  set(args: Parameters<F>, value: Result<F>): Answer<void, S>;
  /** The same with the promise of a value. */
  set(args: Parameters<F>, value: PromiseLike<Result<F>>): Promise<void>;
  /** Removes the entry of a call; returns whether there was one. */
  forget(...args: Parameters<F>): Answer<boolean, S>;
  /**
   * Why a call with these arguments would be a hit or a miss: of a miss, how the nearest entries
   * differ. Prints as text. Computes and stores nothing; reads the manifests of up to 1,000 entries.
   */
  explain(...args: Parameters<F>): Answer<Explanation, S>;
  /** Iterates over the stored entries of the function, those of earlier versions of its code too. */
  entries(): Listing<S>;
  /** What the cache did for the function in this process, and what it holds of it. */
  stats(): Answer<FunctionStats, S>;
  /** Removes all entries of the function, those of earlier versions of its code too. */
  clear(options?: ClearOptions): Answer<void, S>;
}

/** What a function returns, or what its promise comes to. */
export type Result<F extends AnyFunction> = Awaited<ReturnType<F>>;

/** `T`, or the promise of it where the function is asynchronous or the store is. */
export type Later<F extends AnyFunction, S extends Shape, T> =
  ReturnType<F> extends PromiseLike<unknown> ? Promise<T> : Answer<T, S>;

/** A cached function. On a store that is not of this machine it returns promises. */
export type MemorizedFunc<
  F extends AnyFunction = AnyFunction,
  S extends Shape = "same",
> = (S extends "same"
  ? F
  : (this: ThisParameterType<F>, ...args: Parameters<F>) => Promise<Result<F>>) &
  MemorizedFuncMembers<F, S>;

/** What answers with a promise whatever happens, so that a refused argument rejects. */
export interface Promising {
  /** The cached function itself, and the members that run it. */
  readonly call: boolean;
  /** The other members. */
  readonly members: boolean;
}

/** Makes the cached function. */
export function memorize<F extends AnyFunction, S extends Shape>(
  func: F,
  functionId: string,
  calls: Calls,
  options: CacheOptions<F>,
  promising: Promising,
): MemorizedFunc<F, S> {
  const answer = <T>(isPromise: boolean, run: () => T): T | Promise<T> =>
    isPromise ? new Promise((resolve) => resolve(run())) : run();
  function memorized(this: unknown, ...args: unknown[]): unknown {
    return answer(promising.call, () => calls.call(this, args));
  }
  // The members are called on the cached function itself, which is not the receiver of a call.
  const member = (name: "shelve" | "has" | "recompute" | "forget" | "explain") => {
    const runs = name === "shelve" || name === "recompute";
    return function (this: unknown, ...args: unknown[]): unknown {
      const receiver = this === memorized ? undefined : this;
      return answer(runs ? promising.call : promising.members, () => calls[name](receiver, args));
    };
  };

  const members = {
    func,
    functionId,
    ignore: options.ignore ?? Object.freeze([]),
    options,
    callAndShelve: member("shelve"),
    checkCallInCache: member("has"),
    recompute: member("recompute"),
    set(this: unknown, args: readonly unknown[], value: unknown): unknown {
      const receiver = this === memorized ? undefined : this;
      return answer(promising.members, () => calls.set(receiver, checkArguments(args), value));
    },
    forget: member("forget"),
    explain: member("explain"),
    entries: () => calls.list(),
    stats: () => calls.stats(),
    clear: (given: ClearOptions = {}) => calls.clear(clearOptions(given)),
  };
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(memorized, name, { value, enumerable: true });
  }
  Object.defineProperty(memorized, ORIGINAL, { value: func });
  Object.defineProperty(memorized, "name", { value: func.name, configurable: true });
  Object.defineProperty(memorized, "length", { value: func.length, configurable: true });
  return memorized as unknown as MemorizedFunc<F, S>;
}

/** A copy, without holes. */
function checkArguments(args: unknown): readonly unknown[] {
  if (Array.isArray(args)) return [...args];
  throw wrongType("the first argument of set", "an array of the arguments of a call", args);
}
