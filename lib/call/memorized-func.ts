/**
 * What `memory.cache` returns: a function with the original's types, name and length, and the
 * members that look after its entries.
 *
 * @module
 */

import { ORIGINAL } from "../hash/own-code.ts";
import type { LocalStore } from "../store/local.ts";
import type { WarnOnce } from "../warning.ts";
import { type AnyFunction, CachedCalls, type Outcome } from "./cached-calls.ts";
import { metadataOf, recordCall } from "./metadata.ts";
import { type CacheOptions, type ClearOptions, clearOptions, type Settings } from "./settings.ts";
import { isThenable } from "./thenable.ts";

/** The members of a cached function; it is called like the original. */
export interface MemorizedFuncMembers<F extends AnyFunction> {
  /** The original function. */
  readonly func: F;
  /** `<module>#<name>`, under which the entries are kept. */
  readonly functionId: string;
  /** The options that `cache` was given. */
  readonly options: CacheOptions;
  /** Runs the function, replaces the entry, and returns the value with the metadata of the call. */
  recompute(...args: Parameters<F>): Recomputed<ReturnType<F>>;
  /** Whether a call with these arguments would be a hit; computes and stores nothing. */
  checkCallInCache(...args: Parameters<F>): boolean;
  /** Removes the entry of a call; returns whether there was one. */
  forget(...args: Parameters<F>): boolean;
  /** Removes all entries of the function, those of earlier versions of its code too. */
  clear(options?: ClearOptions): void;
}

/** What `recompute` returns: the promise of an outcome where the function returns a promise. */
export type Recomputed<R> = R extends PromiseLike<infer T> ? Promise<Outcome<T>> : Outcome<R>;

/** A cached function. */
export type MemorizedFunc<F extends AnyFunction = AnyFunction> = F & MemorizedFuncMembers<F>;

/** Who the cached function is. */
export interface Identity {
  readonly functionId: string;
  readonly name: string;
}

/** Makes the cached function; without a store it runs the original at every call. */
export function memorize<F extends AnyFunction>(
  func: F,
  identity: Identity,
  store: LocalStore | null,
  settings: Settings,
  options: CacheOptions,
  warnings: WarnOnce,
): MemorizedFunc<F> {
  const calls = store
    ? new CachedCalls(func, identity, store, settings, warnings)
    : new UncachedCalls(func, identity);

  // Runs inside the promise, so that a refused argument of an asynchronous function rejects.
  const isAsync = Object.prototype.toString.call(func) === "[object AsyncFunction]";
  function memorized(this: unknown, ...args: unknown[]): unknown {
    if (!isAsync) return calls.call(this, args);
    return new Promise((resolve) => resolve(calls.call(this, args)));
  }

  const members = {
    func,
    functionId: identity.functionId,
    options,
    recompute(this: unknown, ...args: unknown[]) {
      return calls.recompute(receiverOf(this), args);
    },
    checkCallInCache(this: unknown, ...args: unknown[]) {
      return calls.has(receiverOf(this), args);
    },
    forget(this: unknown, ...args: unknown[]) {
      return calls.forget(receiverOf(this), args);
    },
    clear: (options: ClearOptions = {}) => calls.clear(clearOptions(options)),
  };
  // The members are called on the cached function itself, which is not the receiver of a call.
  const receiverOf = (receiver: unknown): unknown =>
    receiver === memorized ? undefined : receiver;

  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(memorized, name, { value, enumerable: true });
  }
  Object.defineProperty(memorized, ORIGINAL, { value: func });
  Object.defineProperty(memorized, "name", { value: func.name, configurable: true });
  Object.defineProperty(memorized, "length", { value: func.length, configurable: true });
  return memorized as unknown as MemorizedFunc<F>;
}

/** The same interface where there is no store: every call runs the function. */
class UncachedCalls
  implements Pick<CachedCalls, "call" | "recompute" | "has" | "forget" | "clear">
{
  readonly #func: AnyFunction;
  readonly #identity: Identity;

  constructor(func: AnyFunction, identity: Identity) {
    this.#func = func;
    this.#identity = identity;
  }

  call(receiver: unknown, args: readonly unknown[]): unknown {
    return Reflect.apply(this.#func, receiver, args as never[]);
  }

  recompute(receiver: unknown, args: readonly unknown[]): unknown {
    const key = { functionId: this.#identity.functionId, codeId: "", argsId: "" };
    const call = recordCall(key, args, 0);
    const start = performance.now();
    const finish = (value: unknown): Outcome => {
      const compute = { seconds: (performance.now() - start) / 1000, time: Date.now() / 1000 };
      return { value, metadata: metadataOf(call, compute, { seconds: 0, encoded: undefined }) };
    };
    const result = this.call(receiver, args);
    return isThenable(result) ? Promise.resolve(result).then(finish) : finish(result);
  }

  has(): boolean {
    return false;
  }

  forget(): boolean {
    return false;
  }

  clear(): void {}
}
