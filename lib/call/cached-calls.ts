/**
 * The calls of one function: looked up, computed, published.
 *
 * ```
 * key ── entry? ── yes ── valid? ── yes ── load ── whole? ── yes ── value (hit)
 *            └ no ──────────┴ no ──────────────────────┴ no ── compute ── publish ── value (miss)
 * ```
 *
 * Caching loses nothing: whatever goes wrong between the store and us costs a warning and a
 * computation, never the value. What the function throws passes through and is not cached.
 *
 * @module
 */

import type { EntryKey } from "../store/layout.ts";
import type { AskedKey, CallKeys } from "./arguments/call-key.ts";
import { RestlessArgument } from "./arguments/restless.ts";
import { cacheMiss } from "./cache-miss.ts";
import { type Calls, type Delivery, delivered, type Outcome } from "./calls.ts";
import type { Entries, EntryManifest } from "./entries/entries.ts";
import { type EntryInfo, entryInfos } from "./entries/entry-info.ts";
import { type Metadata, recordCall } from "./entries/metadata.ts";
import type { MissReason } from "./events.ts";
import { type Explanation, explain } from "./explain.ts";
import type { Flight } from "./flight/in-flight.ts";
import { type Made, SingleFlight } from "./flight/single-flight.ts";
import { type Flow, type Maybe, run, wait } from "./flow.ts";
import { type Computed, Keeper } from "./keep.ts";
import { type Found, type Hit, LookUp } from "./look-up.ts";
import { MemorizedResult, NotMemorizedResult, type Shelved } from "./memorized-result.ts";
import type { Reporter } from "./reporter.ts";
import { secondsSince } from "./seconds.ts";
import type { AnyFunction, Identity, Settings } from "./settings.ts";
import type { Counters, FunctionStats } from "./stats.ts";
import { isAsyncFunction, isThenable } from "./thenable.ts";

/** The calls of one function on one store. */
export class CachedCalls implements Calls {
  readonly #func: AnyFunction;
  readonly #identity: Identity;
  readonly #entries: Entries;
  readonly #settings: Settings;
  readonly #reporter: Reporter;
  readonly #counters: Counters;
  readonly #keys: CallKeys;
  readonly #lookUp: LookUp;
  readonly #keeper: Keeper;
  readonly #single: SingleFlight;
  readonly #restless = new RestlessArgument();
  readonly #path: (key: EntryKey) => string;

  constructor(
    func: AnyFunction,
    identity: Identity,
    settings: Settings,
    keys: CallKeys,
    entries: Entries,
    reporter: Reporter,
    counters: Counters,
  ) {
    this.#func = func;
    this.#identity = identity;
    this.#entries = entries;
    this.#path = (key) => entries.path(key);
    this.#settings = settings;
    this.#reporter = reporter;
    this.#counters = counters;
    this.#keys = keys;
    this.#lookUp = new LookUp(entries, settings, reporter);
    this.#keeper = new Keeper(this.#keys, entries, settings, reporter, this.#lookUp);
    const { durations } = counters.of(identity.functionId);
    const isAsync = isAsyncFunction(keys.func);
    this.#single = new SingleFlight(entries, settings, reporter, durations, isAsync);
  }

  call(receiver: unknown, args: readonly unknown[]): unknown {
    const asked = this.#keys.of(receiver, args);
    this.#reporter.asked(asked, args, this.#path);
    const start = performance.now();
    const found = this.#lookUp.atOnce(asked.key);
    if (typeof found !== "object" || !("value" in found)) {
      return delivered(run(this.#call(receiver, args, asked, start, found)));
    }
    this.#hit(asked, found.metadata, start);
    return found.async ? Promise.resolve(found.value) : found.value;
  }

  shelve(receiver: unknown, args: readonly unknown[]): Maybe<Shelved> {
    return run(this.#shelve(receiver, args)) as Maybe<Shelved>;
  }

  recompute(receiver: unknown, args: readonly unknown[]): Maybe<Outcome> {
    this.#needReceiver(receiver, "recompute");
    return run(this.#recompute(receiver, args));
  }

  has(receiver: unknown, args: readonly unknown[]): Maybe<boolean> {
    this.#needReceiver(receiver, "checkCallInCache");
    return run(this.#has(this.#keys.of(receiver, args)));
  }

  set(receiver: unknown, args: readonly unknown[], value: unknown): Maybe<void> {
    this.#needReceiver(receiver, "set");
    return run(this.#set(this.#keys.of(receiver, args), args, value));
  }

  forget(receiver: unknown, args: readonly unknown[]): Maybe<boolean> {
    this.#needReceiver(receiver, "forget");
    return this.#entries.remove(this.#keys.of(receiver, args).key);
  }

  explain(receiver: unknown, args: readonly unknown[]): Maybe<Explanation> {
    this.#needReceiver(receiver, "explain");
    const { key } = this.#keys.of(receiver, args);
    const nameOf = (position: number): string => this.#keys.nameOf(position);
    const { inputArgs } = recordCall(key, this.#keys.all(args), 0);
    const { leftOut } = this.#keys.code;
    const asked = { key, inputArgs, nameOf, record: this.#keys.record(), leftOut };
    return run(explain(this.#entries, this.#lookUp, asked));
  }

  list(): Iterable<EntryInfo> | AsyncIterable<EntryInfo> {
    return entryInfos(this.#entries.list(this.#identity.functionId));
  }

  stats(): Maybe<FunctionStats> {
    return run(this.#stats());
  }

  clear({ warn }: { readonly warn: boolean }): Maybe<void> {
    const { functionId } = this.#identity;
    if (warn) this.#reporter.clearing(`Clearing the cache of ${functionId}`);
    return this.#entries.clear(functionId);
  }

  *#call(
    receiver: unknown,
    args: readonly unknown[],
    asked: AskedKey,
    start: number,
    begun: Found | MissReason | undefined,
  ): Flow<Delivery> {
    const found = typeof begun === "string" ? begun : yield* this.#load(asked, start, begun);
    if (typeof found !== "string") return found;
    const find = (since: number) => this.#find(asked, since);
    return yield* this.#miss(receiver, args, asked, found, find);
  }

  #find(asked: AskedKey, since: number): Flow<Hit | MissReason> {
    return this.#load(asked, performance.now(), undefined, since);
  }

  *#load(asked: AskedKey, start: number, begun?: Found, since?: number): Flow<Hit | MissReason> {
    const found = yield* this.#lookUp.value(asked.key, true, since, begun);
    if (typeof found !== "string") this.#hit(asked, found.metadata, start);
    return found;
  }

  *#shelve(receiver: unknown, args: readonly unknown[]): Flow<Shelved> {
    const asked = this.#keys.of(receiver, args);
    this.#reporter.asked(asked, args, this.#path);
    const found = yield* this.#findReference(asked);
    if (found instanceof MemorizedResult) return found;
    const find = (since: number) => this.#findReference(asked, since);
    const result = yield* this.#miss(receiver, args, asked, found, find);
    if (result instanceof MemorizedResult) return result;
    const { value, metadata, isStored } = result;
    if (isStored) return this.#reference(asked.key, metadata);
    return new NotMemorizedResult(value, metadata);
  }

  *#findReference(asked: AskedKey, since?: number): Flow<MemorizedResult | MissReason> {
    const start = performance.now();
    const found = yield* this.#lookUp.entry(asked.key, true, since);
    if (typeof found === "string") return found;
    const { metadata } = found.manifest;
    this.#hit(asked, metadata, start);
    return this.#reference(asked.key, metadata);
  }

  #hit(asked: AskedKey, metadata: Metadata, start: number): void {
    this.#reporter.hit(asked, metadata, secondsSince(start), this.#path);
    this.#restless.hit();
    this.#keys.settle();
  }

  *#recompute(receiver: unknown, args: readonly unknown[]): Flow<Outcome> {
    const asked = this.#keys.of(receiver, args);
    const { value, metadata } = yield* this.#compute(receiver, args, asked, "forced");
    return { value, metadata };
  }

  *#miss<Other extends object>(
    receiver: unknown,
    args: readonly unknown[],
    asked: AskedKey,
    missed: MissReason,
    find: (since: number) => Flow<Other | MissReason>,
  ): Flow<Other | Made> {
    const { key } = asked;
    if (this.#settings.onMiss === "throw") {
      throw cacheMiss(this.#identity, args, key, this.#entries.path(key), missed);
    }
    return yield* this.#single.once(key, missed, {
      find,
      compute: (reason, flight) => this.#compute(receiver, args, asked, reason, flight),
    });
  }

  *#compute(
    receiver: unknown,
    args: readonly unknown[],
    asked: AskedKey,
    reason: MissReason,
    flight?: Flight,
  ): Flow<Made> {
    const call = recordCall(asked.key, this.#keys.all(args), asked.hashSeconds);
    this.#reporter.miss(asked, reason, args);
    if (reason === "absent" && !this.#restless.isSettled) this.#watch(asked, args);
    const start = performance.now();
    const { value, async } = yield* this.#single.run(flight, () =>
      Reflect.apply(this.#func, receiver, args as never[]),
    );
    const seconds = secondsSince(start);
    const computed: Computed = { value, async, seconds, time: Date.now() / 1000 };
    this.#reporter.computed(computed.seconds);
    // While the function waited, its caller may have changed what it gave.
    const isAsCalled = !async || this.#isAsCalled(receiver, args, asked);
    if (flight) flight.isShared = isAsCalled;
    const kept = isAsCalled
      ? yield* this.#keeper.keep(call, computed, reason)
      : this.#keeper.leave(call, computed);
    return { value: kept.value, metadata: kept.metadata, isStored: kept.isStored, async };
  }

  /** Warns of an argument because of which no call is a hit. */
  #watch({ key }: AskedKey, args: readonly unknown[]): void {
    const parts = key.parts.filter((part) => part.startsWith("a"));
    const nameOf = (position: number): string => this.#keys.nameOf(position);
    const name = this.#restless.miss(parts, this.#keys.all(args), nameOf);
    if (name !== undefined) this.#reporter.neverHits(name);
  }

  *#stats(): Flow<FunctionStats> {
    const { functionId } = this.#identity;
    const holdings = yield* wait(this.#entries.holdings(functionId));
    return this.#counters.function(functionId, holdings);
  }

  /** Whether the arguments are still those of the key; if not, that is warned of. */
  #isAsCalled(receiver: unknown, args: readonly unknown[], { key }: AskedKey): boolean {
    try {
      if (this.#keys.of(receiver, args).key.argsId === key.argsId) return true;
    } catch {
      // What cannot be hashed any more has changed.
    }
    this.#reporter.changedArguments();
    return false;
  }

  *#has({ key }: AskedKey): Flow<boolean> {
    let manifest: EntryManifest | undefined;
    try {
      manifest = yield* wait(this.#entries.read(key, false));
      if (!manifest || !(yield* wait(this.#entries.isWhole(key, manifest)))) return false;
    } catch {
      // A call would warn of what is wrong and compute.
      return false;
    }
    return yield* this.#lookUp.isValid(manifest);
  }

  *#set({ key, hashSeconds }: AskedKey, args: readonly unknown[], given: unknown): Flow<void> {
    const async = isThenable(given) || isAsyncFunction(this.#keys.func);
    const value: unknown = isThenable(given) ? yield given : given;
    const computed: Computed = { value, async, seconds: 0, time: Date.now() / 1000 };
    yield* this.#keeper.store(recordCall(key, this.#keys.all(args), hashSeconds), computed, true);
  }

  #reference(key: EntryKey, metadata: Metadata): MemorizedResult {
    const { location, backend } = this.#entries;
    const { mmapMode, verify } = this.#settings;
    const { functionId, codeId, argsId } = key;
    const data = { location, backend, functionId, codeId, argsId, mmapMode, verify, metadata };
    return new MemorizedResult(data, this.#entries);
  }

  #needReceiver(receiver: unknown, member: string): void {
    if (receiver !== undefined || !this.#keys.usesThis) return;
    const { name } = this.#identity;
    throw new TypeError(
      `${name} uses "this", which is part of its key: call ${member} with the receiver, as in ` +
        `object.${name}.${member}.call(object, …)`,
    );
  }
}
