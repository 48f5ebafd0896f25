/**
 * Tells about the calls of one function: to the logger, to the subscribers, and to the counter.
 *
 * @module
 */

import {
  callingLine,
  durationLine,
  loadedLine,
  loadingLine,
  noLocksLine,
  queryLine,
  waitingLine,
} from "../log.ts";
import type { EntryKey } from "../store/layout.ts";
import { errorCode, errorMessage, type WarnOnce } from "../warning.ts";
import type { AskedKey } from "./arguments/call-key.ts";
import type { Metadata } from "./entries/metadata.ts";
import { isWatched, type MissReason, publish } from "./events.ts";
import type { Identity, Settings } from "./settings.ts";
import type { Counter, Loss } from "./stats.ts";

/** Tells about the calls of one function. */
export class Reporter {
  readonly #identity: Identity;
  readonly #settings: Settings;
  readonly #warnings: WarnOnce;
  readonly #counter: Counter;
  #isUnlockedSaid = false;

  constructor(identity: Identity, settings: Settings, warnings: WarnOnce, counter: Counter) {
    this.#identity = identity;
    this.#settings = settings;
    this.#warnings = warnings;
    this.#counter = counter;
  }

  /** A call, before anything was looked for. */
  asked({ key }: AskedKey, args: readonly unknown[], path: (key: EntryKey) => string): void {
    if (this.#settings.verbose < 20) return;
    this.#say(20, () => queryLine(this.#identity.name, args, key.argsId, path(key)));
  }

  /** A value that was loaded. */
  hit(asked: AskedKey, found: Metadata, load: number, path: (key: EntryKey) => string): void {
    const loss = this.#counter.hit(found.duration, asked.hashSeconds + load);
    if (loss) this.#warnOfLoss(loss);
    // Making what nobody hears would take longer than the rest.
    if (this.#settings.verbose >= 2) this.#sayLoaded(asked.key, load, path);
    if (isWatched()) this.#publishHit(asked, found, load);
  }

  #sayLoaded(key: EntryKey, load: number, path: (key: EntryKey) => string): void {
    const { functionId, name } = this.#identity;
    const isPathSaid = this.#settings.verbose >= 10;
    this.#say(2, () => loadingLine(functionId, isPathSaid ? path(key) : undefined));
    this.#say(5, () => loadedLine(name, load));
  }

  #publishHit({ key, hashSeconds: hash }: AskedKey, found: Metadata, load: number): void {
    const { functionId } = this.#identity;
    const { codeId, argsId } = key;
    const { bytes, duration: saved } = found;
    publish(() => ({ type: "hit", functionId, codeId, argsId, bytes, hash, load, saved }));
  }

  /** A call that runs the function. */
  miss({ key, hashSeconds }: AskedKey, reason: MissReason, args: readonly unknown[]): void {
    const { functionId, codeId, argsId } = key;
    this.#counter.miss(hashSeconds);
    publish(() => ({ type: "miss", functionId, codeId, argsId, reason, hash: hashSeconds }));
    this.#say(1, () => callingLine(functionId, this.#identity.name, args));
  }

  /** A call that waits for another process. */
  waiting(owner: string): void {
    this.#say(1, () => waitingLine(this.#identity.functionId, owner));
  }

  /** A call that others may compute at the same time; said once. */
  unlocked(failure: unknown): void {
    if (this.#isUnlockedSaid || this.#settings.verbose <= 10) return;
    this.#isUnlockedSaid = true;
    const why = failure === undefined ? "the store has none" : errorMessage(failure);
    this.#say(11, () => noLocksLine(this.#identity.functionId, why));
  }

  /** A function that returned. */
  computed(seconds: number): void {
    this.#counter.durations.add(seconds);
    this.#say(1, () => durationLine(this.#identity.name, seconds));
  }

  /** A value that was written. */
  stored({ bytes, timings, functionId, codeId, argsId }: Metadata, path: () => string): void {
    const { compute, store } = timings;
    this.#counter.secondsSpent += store;
    publish(() => ({ type: "stored", functionId, codeId, argsId, bytes, compute, store }));
    this.#say(11, () => `Stored in ${path()}`);
  }

  /** Entries that are removed on demand. */
  clearing(text: string): void {
    if (this.#settings.verbose > 0) this.#log("warn", () => text);
  }

  /** An argument because of which no call is a hit. */
  neverHits(name: string): void {
    this.warn(
      "an argument",
      "CACHE_NEVER_HITS",
      `No call of ${this.#identity.functionId} is a hit, because ${name} is another one each time. ` +
        `If the result does not depend on it, leave it out of the key: ignore: ["${name}"]`,
    );
  }

  /** Arguments that are not those of the key any more. */
  changedArguments(): void {
    this.warn(
      "changed arguments",
      "CACHE_ARGUMENTS_CHANGED",
      `An argument of ${this.#identity.functionId} was changed while the call was running: the result ` +
        "is returned but not cached, because it may be that of other arguments. Pass a copy",
    );
  }

  /** Something that a user should know, once. */
  warn(about: string, code: string, message: string): void {
    this.#warnings.warn(`${this.#identity.functionId} ${about}`, code, message);
  }

  #warnOfLoss({ cost, duration }: Loss): void {
    const { functionId } = this.#identity;
    this.warn(
      "hits that do not pay",
      "CACHE_DOES_NOT_PAY",
      `Caching ${functionId} costs time: a hit takes ${milliseconds(cost)} (hashing the arguments ` +
        `and loading), and computing took ${milliseconds(duration)}. Call the function itself, or ` +
        "cache a larger step around it",
    );
  }

  #say(verbose: number, line: () => string): void {
    if (this.#settings.verbose >= verbose) this.#log("info", line);
  }

  /** A logger that throws does not cost the caller a value. */
  #log(level: "info" | "warn", line: () => string): void {
    try {
      this.#settings.logger[level](line());
    } catch (error) {
      this.warn("the logger", errorCode(error), `The logger threw: ${errorMessage(error)}`);
    }
  }
}

function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return `${value < 100 ? Number(value.toPrecision(2)) : Math.round(value)} ms`;
}
