/**
 * The calls of a function where there is no store: every one of them runs it.
 *
 * @module
 */

import type { Calls, Outcome } from "./calls.ts";
import type { EntryInfo } from "./entries/entry-info.ts";
import { metadataOf, recordCall } from "./entries/metadata.ts";
import { type Explanation, explainNoStore } from "./explain.ts";
import { type Flow, type Maybe, run } from "./flow.ts";
import { NotMemorizedResult, type Shelved } from "./memorized-result.ts";
import { secondsSince } from "./seconds.ts";
import type { AnyFunction, Identity } from "./settings.ts";
import type { Counters, FunctionStats } from "./stats.ts";
import { isThenable } from "./thenable.ts";

/** The calls of one function without a store. */
export class UncachedCalls implements Calls {
  readonly #func: AnyFunction;
  readonly #identity: Identity;
  readonly #counters: Counters;

  constructor(func: AnyFunction, identity: Identity, counters: Counters) {
    this.#func = func;
    this.#identity = identity;
    this.#counters = counters;
  }

  call(receiver: unknown, args: readonly unknown[]): unknown {
    return Reflect.apply(this.#func, receiver, args as never[]);
  }

  shelve(receiver: unknown, args: readonly unknown[]): Maybe<Shelved> {
    return run(this.#shelve(receiver, args)) as Maybe<Shelved>;
  }

  recompute(receiver: unknown, args: readonly unknown[]): Maybe<Outcome> {
    return run(this.#compute(receiver, args));
  }

  has(): boolean {
    return false;
  }

  set(_receiver: unknown, _args: readonly unknown[], value: unknown): Maybe<void> {
    return isThenable(value) ? Promise.resolve(value).then(() => undefined) : undefined;
  }

  forget(): boolean {
    return false;
  }

  explain(): Explanation {
    return explainNoStore(this.#identity.functionId);
  }

  list(): Iterable<EntryInfo> {
    return [].values();
  }

  stats(): FunctionStats {
    return this.#counters.function(this.#identity.functionId, []);
  }

  clear(): void {}

  *#shelve(receiver: unknown, args: readonly unknown[]): Flow<Shelved> {
    const { value, metadata } = yield* this.#compute(receiver, args);
    return new NotMemorizedResult(value, metadata);
  }

  *#compute(receiver: unknown, args: readonly unknown[]): Flow<Outcome> {
    const key = { functionId: this.#identity.functionId, codeId: "", argsId: "", parts: [] };
    const call = recordCall(key, args, 0);
    const start = performance.now();
    const result = this.call(receiver, args);
    const value: unknown = isThenable(result) ? yield result : result;
    const compute = { seconds: secondsSince(start), time: Date.now() / 1000 };
    return { value, metadata: metadataOf(call, compute, { seconds: 0, encoded: undefined }) };
  }
}
