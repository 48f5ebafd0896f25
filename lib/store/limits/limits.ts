/**
 * Limits that a store keeps by itself: after entries are stored, the least recently used are evicted.
 *
 * ```
 * stored ── setImmediate ── list, if it is time ── over a limit? ── evict ── over by entries of the
 *                           (in slices)                 └ no: done          last second? ── timer
 * ```
 *
 * A loop that never lets the event loop turn is interrupted by the same work when the store is a
 * tenth over a limit. What is listed when, and evicted in which order, is the {@link Evictor}'s.
 *
 * @module
 */

import { errorCode, errorMessage, WarnOnce } from "../../warning.ts";
import type { StoredEntry } from "../listing.ts";
import type { LocalStore } from "../local.ts";
import { Evictor } from "./evictor.ts";
import { checkFits, type SizeLimits } from "./size-limits.ts";

/** How long one turn of the event loop is held up. */
const SLICE_MS = 8;
/** After how long without a turn of the event loop the work is done inside {@link Limits.stored}. */
const BLOCKED_MS = 100;
/** How long a flush waits for limits that others make impossible to keep. */
const MOST_FLUSH_MS = 5000;
/** How long nothing is tried after an error. */
const REST_MS = 60_000;

/** Somebody waits for the limits to hold with everything that was stored before. */
interface Flush {
  readonly stores: number;
  readonly until: number;
  readonly resolve: () => void;
}

/** Keeps a store within limits. */
export class Limits {
  readonly #store: Pick<LocalStore, "layout" | "location">;
  readonly #limits: SizeLimits;
  readonly #evictor: Evictor;
  readonly #warnings = new WarnOnce();

  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #scheduledAt = 0;
  #notInsideBefore = 0;
  #restUntil = 0;
  #flushes: Flush[] = [];

  /**
   * Touches no disk.
   *
   * @param onEvicted called with each entry that was evicted here.
   */
  constructor(
    store: Pick<LocalStore, "layout" | "location">,
    limits: SizeLimits,
    onEvicted?: (entry: StoredEntry) => void,
  ) {
    this.#store = store;
    this.#limits = limits;
    this.#evictor = new Evictor(store.layout, limits, onEvicted);
  }

  /** Called before an entry is published. @throws Error where it is larger than the limit of all. */
  check(bytes: number): void {
    checkFits(this.#limits, bytes);
  }

  /**
   * Called after an entry was published; never throws.
   *
   * @param bytes about what its files take.
   */
  stored(bytes: number): void {
    this.#evictor.add(bytes);
    const time = performance.now();
    if (time < this.#restUntil) return;
    this.#schedule(time);
    const isBlocked = time - this.#scheduledAt > BLOCKED_MS && time >= this.#notInsideBefore;
    if (!isBlocked || !this.#evictor.isFarOver()) return;
    const wait = this.#attempt(Number.POSITIVE_INFINITY);
    this.#notInsideBefore = performance.now() + (wait ?? 0);
  }

  /**
   * Resolves when the limits hold with everything that was stored before, by whomever; at once where
   * nothing was stored here since. Never rejects.
   *
   * Entries of the last second are waited for, so this may take a second; where other processes go
   * on storing, five.
   */
  flush(): Promise<void> {
    const time = performance.now();
    const { stores } = this.#evictor;
    const isIdle = !this.#immediate && !this.#timer;
    if (time < this.#restUntil || (isIdle && this.#evictor.isKnown(stores))) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#flushes.push({ stores, until: time + MOST_FLUSH_MS, resolve });
      this.#schedule(time);
    });
  }

  #schedule(time: number): void {
    if (this.#immediate) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#scheduledAt = time;
    this.#immediate = setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#immediate = undefined;
    this.#timer = undefined;
    const wait = this.#attempt(performance.now() + SLICE_MS);
    const time = performance.now();
    if (wait !== 0) this.#settle(wait === undefined, time);
    if (wait === 0 || (wait === undefined && this.#flushes.length > 0)) this.#schedule(time);
    if (wait === undefined || wait === 0) return;
    this.#timer = setTimeout(() => this.#turn(), Math.ceil(wait));
    // Who waits for it must get an answer; a program that ends leaves young entries to the next one.
    if (this.#flushes.length === 0) this.#timer.unref();
  }

  /** Resolves the flushes that need no further listing, or have waited long enough. */
  #settle(holds: boolean, time: number): void {
    const open: Flush[] = [];
    for (const flush of this.#flushes) {
      if (holds ? !this.#evictor.isKnown(flush.stores) : time < flush.until) open.push(flush);
      else flush.resolve();
    }
    this.#flushes = open;
  }

  /** {@link Evictor.work} whose errors become one warning, and a pause. */
  #attempt(deadline: number): number | undefined {
    try {
      return this.#evictor.work(deadline, this.#flushes.at(-1)?.stores);
    } catch (error) {
      this.#restUntil = performance.now() + REST_MS;
      this.#evictor.reset();
      for (const { resolve } of this.#flushes) resolve();
      this.#flushes = [];
      this.#warnings.warn(
        "limits",
        errorCode(error),
        `The limits of the cache in ${this.#store.location} cannot be kept: ${errorMessage(error)}`,
      );
      return undefined;
    }
  }
}
