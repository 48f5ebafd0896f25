/**
 * The computations under way in this thread, who waits for which, and which call is inside which.
 *
 * A call knows what it is inside of by the functions on the stack, and across waits by
 * `AsyncLocalStorage`. That costs every promise of a program something (before Node 24), so it is on
 * only while a function that may be asynchronous runs.
 *
 * ```
 * f ── waits for ──▶ g (of this thread) ── waits for ──▶ h (its lock) ── record ──▶ f ?
 * ```
 *
 * No call waits for itself: a call inside others waits only while it is seen, in memory and in the
 * records of the locks, that what it waits for does not wait for any of those, and computes
 * otherwise. A call that is inside of none may wait as long as it takes.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { ANOTHER_STORE, type Lock, type LockRecord, type Locks } from "../../store/lock/lock.ts";
import type { Delivery } from "../calls.ts";
import type { Kept } from "../keep.ts";
import type { Snapshot } from "./snapshot.ts";

/** A computation, by its store and its key; {@link placeOf} makes one. */
export interface Place {
  /** Store and key. */
  readonly name: string;
  /** The same for all Memories on one store in this thread. */
  readonly store: string;
  /** As `lockId` of the store's locks names it. */
  readonly id: string;
  /** Where to see what another process says of it; nothing where there are no locks. */
  readonly locks: Locks | undefined;
}

/** What those who waited for a computation are to do. */
export type Landing =
  /** Load the entry. */
  | { readonly type: "stored" }
  /** Take a copy: there is no entry. */
  | { readonly type: "copied"; readonly snapshot: Snapshot; readonly made: Kept & Delivery }
  /** Throw what the function threw. */
  | { readonly type: "failed"; readonly error: unknown }
  /** Compute, each for itself. */
  | { readonly type: "unshared" }
  /** Begin again: nothing was computed. */
  | { readonly type: "given up" };

const flights = new Map<string, Flight>();
/** Those whose function has not returned yet, the innermost last. */
const stack: Flight[] = [];
const context = new AsyncLocalStorage<Flight>();
let contexts = 0;

/** One computation. */
export class Flight {
  readonly place: Place;
  /** The computation that it is part of. */
  readonly parent: Flight | undefined;
  /** The places that calls inside it wait for, and how many do. */
  #waits: Map<string, { readonly place: Place; count: number }> | undefined;
  /** Called when it is over. */
  readonly onLanded: Set<() => void> = new Set();
  /** Set when it is over. */
  landing: Landing | undefined;
  /** What the function threw. */
  failure: { readonly error: unknown } | undefined;
  /** Whether others may have the result: not, where the arguments changed meanwhile. */
  isShared = true;
  #lock: Lock | undefined;
  #record: LockRecord | undefined;
  #isRunning = false;
  #isFollowed = false;

  /** Begins it. */
  constructor(place: Place) {
    this.place = place;
    this.parent = currentFlight();
    flights.set(place.name, this);
  }

  /** Whether the function is running here; not, while another process is waited for. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Whether calls inside it know that they are. */
  get isFollowed(): boolean {
    return this.#isFollowed;
  }

  /** Takes over a lock, which it gives up in the end. */
  hold(lock: Lock, record: LockRecord): void {
    this.#lock = lock;
    this.#record = record;
  }

  /**
   * Calls the function.
   *
   * @param mayBeAsync whether to follow it across waits.
   */
  run(mayBeAsync: boolean, func: () => unknown): unknown {
    this.#isRunning = true;
    this.#isFollowed = mayBeAsync;
    stack.push(this);
    try {
      if (!mayBeAsync) return func();
      contexts++;
      return context.run(this, func);
    } finally {
      stack.pop();
    }
  }

  /** Called when the function has returned a promise. */
  goesOn(): void {
    if (!this.#isFollowed) {
      // Nobody can tell which calls are inside it: nobody waits for it.
      this.#releaseLock();
      return;
    }
    if (!this.#record || this.#record.isAsync) return;
    this.#record = { ...this.#record, isAsync: true };
    this.#tell();
  }

  /** The places that calls inside it wait for. */
  get waits(): Place[] {
    return Array.from(this.#waits?.values() ?? [], ({ place }) => place);
  }

  /** Takes down that a call inside it waits for a place, or does so no more. */
  setWait(place: Place, isWaiting: boolean): void {
    const { name } = place;
    this.#waits ??= new Map();
    const wait = this.#waits.get(name) ?? { place, count: 0 };
    wait.count += isWaiting ? 1 : -1;
    if (wait.count > 0) this.#waits.set(name, wait);
    else this.#waits.delete(name);
    this.#tell();
  }

  /** Ends it. */
  land(landing: Landing): void {
    if (this.#isFollowed && --contexts === 0) context.disable();
    this.#releaseLock();
    this.landing = landing;
    const { name } = this.place;
    if (flights.get(name) === this) flights.delete(name);
    for (const landed of this.onLanded) landed();
  }

  #releaseLock(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  #tell(): void {
    if (!this.#lock || !this.#record) return;
    const waits = this.waits.map(({ store, id }) =>
      store === this.place.store ? id : ANOTHER_STORE,
    );
    this.#record = { ...this.#record, waits };
    this.#lock.tell(this.#record);
  }
}

/** The computation of a place in this thread. */
export function flightTo(place: Place): Flight | undefined {
  return flights.get(place.name);
}

/** The computations that what is called now is inside of, and that are not over. */
export function flightsAround(): Flight[] {
  const around: Flight[] = [];
  for (let flight = currentFlight(); flight; flight = flight.parent) {
    if (!flight.landing) around.push(flight);
  }
  return around;
}

/** The computations that stand still while this thread is blocked: all of them. */
export function flightsOfThread(): Flight[] {
  return [...flights.values()].filter(({ isRunning }) => isRunning);
}

/** Whether a place waits for one of some computations; `"unknown"` where that cannot be seen. */
export function waitsFor(place: Place, some: readonly Flight[]): boolean | "unknown" {
  const names = new Set(some.map((flight) => flight.place.name));
  const seen = new Set<string>();
  let isUnknown = false;
  const open = [place];
  for (let next = open.pop(); next; next = open.pop()) {
    const { name } = next;
    if (names.has(name)) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    const flight = flights.get(name);
    if (flight?.isRunning) {
      open.push(...flight.waits);
      continue;
    }
    const { store, locks } = next;
    if (!locks) continue;
    const waits = locks.read(next.id)?.waits ?? [ANOTHER_STORE];
    for (const id of waits) {
      if (id === ANOTHER_STORE) isUnknown = true;
      else open.push(placeOf(store, id, locks));
    }
  }
  return isUnknown ? "unknown" : false;
}

function currentFlight(): Flight | undefined {
  return stack.at(-1) ?? (contexts > 0 ? context.getStore() : undefined);
}

/** The place of a key in a store. */
export function placeOf(store: string, id: string, locks: Locks | undefined): Place {
  return { name: `${id} ${store}`, store, id, locks };
}
