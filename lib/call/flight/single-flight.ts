/**
 * One computation for all who miss the same call at the same time: in this thread, where they wait
 * for its end, and in other threads and processes, where a lock tells who computes.
 *
 * ```
 * miss ── under way here? ── yes ── wait ── stored? ── load it, each for himself
 *            └ no ── lock ── looked up again ── compute ── publish ── unlock
 *                     └ taken: wait, ask again
 * ```
 *
 * What nobody can share is computed by each: a value that was not stored and of which there is no
 * exact copy. So is what cannot be locked, and what a call must not wait for (`in-flight.ts`).
 *
 * @module
 */

import type { EntryKey } from "../../store/layout.ts";
import { type Attempt, type Lock, type Locks, lockId, lockRecord } from "../../store/lock/lock.ts";
import type { Delivery } from "../calls.ts";
import type { Durations } from "../durations.ts";
import type { Entries } from "../entries/entries.ts";
import type { MissReason } from "../events.ts";
import { type Flow, isPending, wait } from "../flow.ts";
import type { Kept } from "../keep.ts";
import type { Reporter } from "../reporter.ts";
import type { Settings } from "../settings.ts";
import { isThenable } from "../thenable.ts";
import { Flight, flightsAround, flightTo, type Landing, type Place, placeOf } from "./in-flight.ts";
import { snapshotOf } from "./snapshot.ts";
import { Waiting } from "./waiting.ts";

/** A value that was computed. */
export type Made = Kept & Delivery;

/** How a call is looked up again, and computed. */
export interface Course<Found extends object> {
  /**
   * Looks it up again.
   *
   * @param since what was computed after this time, in seconds since 1970, needs no validation.
   */
  find(since: number): Flow<Found | MissReason>;
  /** Runs the function by {@link SingleFlight.run} and stores what it returns. */
  compute(reason: MissReason, flight?: Flight): Flow<Made>;
}

/** The computations of one function. */
export class SingleFlight {
  readonly #entries: Entries;
  readonly #settings: Settings;
  readonly #reporter: Reporter;
  readonly #durations: Durations;
  readonly #store: string;
  /** What the function returns, as far as known. */
  #returns: "promises" | "values" | "unknown";

  /** @param durations how long the function takes, as far as known. */
  constructor(
    entries: Entries,
    settings: Settings,
    reporter: Reporter,
    durations: Durations,
    isAsync: boolean,
  ) {
    this.#entries = entries;
    this.#settings = settings;
    this.#reporter = reporter;
    this.#durations = durations;
    this.#store = `${entries.backend} ${entries.location}`;
    this.#returns = isAsync || entries.isAsync ? "promises" : "unknown";
  }

  /**
   * What a call that missed comes to.
   *
   * @throws CacheError `ERR_LOCK_TIMEOUT`; what the function throws.
   */
  *once<Found extends object>(
    key: EntryKey,
    missed: MissReason,
    course: Course<Found>,
  ): Flow<Found | Made> {
    const since = Date.now() / 1000;
    const { functionId, argsId } = key;
    const { lockTimeout: timeout } = this.#settings;
    const place = placeOf(this.#store, lockId(key), this.#locks());
    const onWait = (owner: string): void => this.#reporter.waiting(owner);
    const waiting = new Waiting({ place, functionId, argsId, timeout, onWait });
    try {
      let reason = missed;
      for (;;) {
        const flying = flightTo(place);
        if (!flying) return yield* this.#lead(key, place, reason, since, waiting, course);
        const landing = yield* landingOf(flying, waiting);
        if (landing.type === "failed") throw landing.error;
        if (landing.type === "unshared") return yield* course.compute(reason);
        if (landing.type === "copied") {
          const { snapshot, made } = landing;
          return { ...made, value: yield snapshot.copy() };
        }
        if (landing.type === "given up") continue;
        const found = yield* course.find(since);
        if (typeof found !== "string") return found;
        reason = found;
      }
    } finally {
      waiting.end();
    }
  }

  /** Calls the function, and waits for what it promises; with a flight, inside of that. */
  *run(flight: Flight | undefined, func: () => unknown): Flow<Delivery> {
    try {
      const mayBeAsync = this.#returns !== "values";
      const result = flight ? flight.run(mayBeAsync, func) : func();
      const async = isThenable(result);
      if (async) {
        this.#returns = "promises";
        flight?.goesOn();
      } else if (this.#returns === "unknown") {
        this.#returns = "values";
      }
      return { value: async ? yield result : result, async };
    } catch (error) {
      if (flight) flight.failure = { error };
      throw error;
    }
  }

  /**
   * The locks, where one is to be asked for: as the user says, and else unless the function is known
   * to take less than a lock is worth.
   */
  #locks(): Locks | undefined {
    const { locks } = this.#entries;
    return (this.#settings.lock ?? this.#isWorth(locks)) ? locks : undefined;
  }

  #isWorth(locks: Locks | undefined): boolean {
    if (!locks || locks.paysFrom === 0) return locks !== undefined;
    const { longest = Number.POSITIVE_INFINITY } = this.#durations;
    return longest * 1000 >= locks.paysFrom;
  }

  *#lead<Found extends object>(
    key: EntryKey,
    place: Place,
    missed: MissReason,
    since: number,
    waiting: Waiting,
    course: Course<Found>,
  ): Flow<Found | Made> {
    const flight = new Flight(place);
    let landing: Landing = { type: "given up" };
    try {
      let reason = missed;
      const locked = yield* this.#lock(key, flight, waiting);
      // An entry that cannot be used is not looked at twice for nothing: its validation is the user's.
      const mayBeThere =
        locked === "after a wait" ||
        (locked === "at once" && reason === "absent" && this.#entries.mayHave(key));
      if (mayBeThere) {
        const found = yield* course.find(since);
        if (typeof found !== "string") {
          landing = { type: "stored" };
          return found;
        }
        reason = found;
      }
      waiting.end();
      const made = yield* course.compute(reason, flight);
      landing = landingWith(made, flight);
      return made;
    } catch (error) {
      if (flight.failure) landing = { type: "failed", error: flight.failure.error };
      throw error;
    } finally {
      flight.land(landing);
    }
  }

  /** Gets the lock as soon as it is free; `undefined` where it is to be computed without. */
  *#lock(
    key: EntryKey,
    flight: Flight,
    waiting: Waiting,
  ): Flow<"at once" | "after a wait" | undefined> {
    const { locks } = flight.place;
    if (!locks) return undefined;
    for (let isFirst = true; ; isFirst = false) {
      const record = lockRecord(this.#returns === "promises");
      const asked = locks.tryLock(key, flight.place.id, record);
      const attempt: Attempt = isPending(asked) ? yield* wait(asked) : asked;
      if (!attempt) {
        this.#reporter.unlocked(locks.failure);
        return undefined;
      }
      if (isLock(attempt)) {
        flight.hold(attempt, record);
        return isFirst ? "at once" : "after a wait";
      }
      const { owner } = attempt;
      // What a function is that was never called here, the other one knows.
      if (owner?.isAsync && this.#returns === "unknown") this.#returns = "promises";
      const blocks = this.#returns !== "promises";
      if (!(yield* waiting.forOwner(owner, locks.pauses, blocks))) return undefined;
    }
  }
}

function isLock(attempt: Lock | { readonly owner: unknown }): attempt is Lock {
  return "release" in attempt;
}

/** What a call finds that waits for a computation of this thread, if it may wait. */
function* landingOf(flight: Flight, waiting: Waiting): Flow<Landing> {
  const isUnseen = flight.isRunning && !flight.isFollowed;
  if (isUnseen || flightsAround().includes(flight)) return { type: "unshared" };
  yield* waiting.untilLanded(flight);
  return flight.landing ?? { type: "unshared" };
}

function landingWith(made: Made, flight: Flight): Landing {
  if (made.isStored) return { type: "stored" };
  const isAwaited = flight.onLanded.size > 0;
  const snapshot = flight.isShared && isAwaited ? snapshotOf(made.value) : undefined;
  return snapshot ? { type: "copied", snapshot, made } : { type: "unshared" };
}
