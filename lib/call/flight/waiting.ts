/**
 * The wait of one call for another one that computes the same.
 *
 * Asynchronous calls let the event loop turn; synchronous ones block their thread, and with it
 * every computation of it.
 *
 * @module
 */

import { CacheError } from "../../errors.ts";
import { ownerText } from "../../log.ts";
import type { LockRecord } from "../../store/lock/lock.ts";
import type { Flow } from "../flow.ts";
import { type Flight, flightsAround, flightsOfThread, type Place, waitsFor } from "./in-flight.ts";

/** How long a call waits before it says so, and before it does without knowing for whom. */
const SILENT_MS = 50;
const SILENT_BLIND_MS = 1000;
const GROWTH = 1.5;
/** How often a call inside others looks whether it may go on waiting for one of this thread. */
const insideThread = { first: 100, longest: 100 };
/** The longest that a timer can wait. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const never = new Int32Array(new SharedArrayBuffer(4));

/** What a wait is about. */
export interface Awaited {
  readonly place: Place;
  readonly functionId: string;
  readonly argsId: string;
  /** How long it may take, in milliseconds. */
  readonly timeout: number | undefined;
  /** Called once, when it takes some time, with who computes. */
  readonly onWait: (owner: string) => void;
}

/** A wait, which {@link Waiting.end} ends. */
export class Waiting {
  readonly #awaited: Awaited;
  readonly #start = performance.now();
  #around: { readonly flights: readonly Flight[]; readonly blocks: boolean } | undefined;
  #blindSince: number | undefined;
  #pause = 0;
  #isSaid = false;

  constructor(awaited: Awaited) {
    this.#awaited = awaited;
  }

  /**
   * Waits until a computation of this thread is over; `false` where the caller has to compute.
   *
   * @throws CacheError `ERR_LOCK_TIMEOUT`.
   */
  *untilLanded(flight: Flight): Flow<boolean> {
    this.#begin(false);
    while (!flight.landing) {
      if (this.#mustNot()) return false;
      const left = this.#left(() => "another call in this process");
      const isInside = this.#around?.flights.length !== 0;
      yield landing(flight, isInside ? Math.min(left, this.#nextPause(insideThread)) : left);
    }
    return true;
  }

  /**
   * Waits some time for who has a lock; `false` where the caller has to compute.
   *
   * @param blocks whether this thread stands still meanwhile.
   * @throws CacheError `ERR_LOCK_TIMEOUT`.
   */
  *forOwner(
    owner: LockRecord | undefined,
    pauses: { readonly first: number; readonly longest: number },
    blocks: boolean,
  ): Flow<boolean> {
    this.#begin(blocks);
    if (this.#mustNot()) return false;
    const left = this.#left(() => ownerText(owner));
    const waited = performance.now() - this.#start;
    if (!this.#isSaid && waited >= (owner ? SILENT_MS : SILENT_BLIND_MS)) {
      this.#isSaid = true;
      this.#awaited.onWait(ownerText(owner));
    }
    const pause = Math.min(left, this.#nextPause(pauses));
    if (blocks) Atomics.wait(never, 0, 0, pause);
    else yield new Promise((resolve) => setTimeout(resolve, pause));
    return true;
  }

  /** Ends the wait: the computations around do not wait any more. */
  end(): void {
    for (const flight of this.#around?.flights ?? []) flight.setWait(this.#awaited.place, false);
    this.#around = undefined;
  }

  #begin(blocks: boolean): void {
    if (this.#around?.blocks === blocks) return;
    this.end();
    const flights = blocks ? flightsOfThread() : flightsAround();
    this.#around = { flights, blocks };
    // To be seen by others before it is looked what they wait for: of two, one sees the other.
    for (const flight of flights) flight.setWait(this.#awaited.place, true);
  }

  /** Whether the computations around might wait for themselves. */
  #mustNot(): boolean {
    const around = (this.#around?.flights ?? []).filter((flight) => !flight.landing);
    if (around.length === 0) return false;
    const { place } = this.#awaited;
    const answer = waitsFor(place, around);
    if (answer !== "unknown") {
      this.#blindSince = undefined;
      return answer;
    }
    const time = performance.now();
    this.#blindSince ??= time;
    return time - this.#blindSince > (place.locks?.blindWait ?? 0);
  }

  /** How much longer the wait may take. */
  #left(owner: () => string): number {
    const { functionId, argsId, timeout } = this.#awaited;
    if (timeout === undefined) return Number.POSITIVE_INFINITY;
    const left = this.#start + timeout - performance.now();
    if (left > 0) return left;
    throw new CacheError(
      "ERR_LOCK_TIMEOUT",
      `${functionId} waited for lockTimeout (${timeout} ms) while ${owner()} computed the same call. ` +
        "Call it again later, give it a longer lockTimeout, or lock: false to compute side by side",
      { key: argsId },
    );
  }

  #nextPause({ first, longest }: { readonly first: number; readonly longest: number }): number {
    this.#pause = Math.min(longest, Math.max(first, GROWTH * this.#pause));
    return this.#pause;
  }
}

/** Resolves when a computation is over, or some milliseconds have passed. */
function landing(flight: Flight, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(timer);
      flight.onLanded.delete(end);
      resolve();
    };
    flight.onLanded.add(end);
    if (milliseconds < Number.POSITIVE_INFINITY) {
      timer = setTimeout(end, Math.min(milliseconds, LONGEST_TIMER_MS));
    }
  });
}
