/**
 * What keeps a store within limits: the sums, the listings behind them, the evictions.
 *
 * Between two listings the sums are kept up to date with what is stored and evicted here. What other
 * processes store shows at the next listing; what they evict is found gone, because everybody
 * evicts in one order. Listings take up at most a twentieth of the time, unless the store is a tenth
 * over a limit or somebody waits for the limits to hold.
 *
 * @module
 */

import { inBackground } from "../background.ts";
import { now } from "../clock.ts";
import type { Layout } from "../layout.ts";
import { measureAgain, type StoredEntry } from "../listing.ts";
import { removals } from "../remove.ts";
import { type Candidates, Scan } from "./candidates.ts";
import { clearAway } from "./clear-away.ts";
import { evict } from "./evict.ts";
import { removeEmptyParents } from "./parents.ts";
import { exceeds, type SizeLimits } from "./size-limits.ts";

/** By which part of a limit the store may be over it meanwhile. */
const SLACK = 0.1;
/** Below which part of every limit a flush relies on the last listing. */
const SAFE_PART = 0.75;
/** How many times as long as a listing took it is good for, within bounds. */
const LISTING_RATIO = 20;
/** The same for a listing whose entries are used up while the store is far over a limit. */
const URGENT_RATIO = 2;
const LEAST_LISTING_MS = 250;
const MOST_LISTING_MS = 60_000;
/** The last listing that was completed. Times are those of `performance.now()`. */
interface Listing {
  readonly candidates: Candidates;
  /** How many entries had been stored here when it began. */
  readonly stores: number;
  readonly end: number;
  /** How long it took without pauses. */
  readonly took: number;
  /** Whether one of its entries has gone since. */
  hasProgress: boolean;
  /** {@link removals} for which the sums are right. */
  readonly removals: number;
}

/** Lists and evicts, in slices. */
export class Evictor {
  readonly #layout: Layout;
  readonly #limits: SizeLimits;
  readonly #onEvicted: ((entry: StoredEntry) => void) | undefined;

  /** What the store holds as far as known here: before the first listing, what was stored here. */
  readonly #held = { items: 0, bytes: 0 };
  #stores = 0;
  #listing: Listing | undefined;
  #scan: { readonly scan: Scan; readonly stores: number; took: number } | undefined;

  constructor(layout: Layout, limits: SizeLimits, onEvicted?: (entry: StoredEntry) => void) {
    this.#layout = layout;
    this.#limits = limits;
    this.#onEvicted = onEvicted;
  }

  /** How many entries were stored here. */
  get stores(): number {
    return this.#stores;
  }

  /** Counts an entry that was stored here. */
  add(bytes: number): void {
    this.#stores++;
    this.#held.items++;
    this.#held.bytes += bytes;
  }

  /** Forgets the listing; the next work begins with another. */
  reset(): void {
    this.#listing = undefined;
    this.#scan = undefined;
  }

  /**
   * Works until a point of `performance.now()`.
   *
   * @param asked with how many entries stored here somebody waits for the limits to hold.
   * @returns milliseconds after which to go on, 0 for at once; `undefined` where nothing is to do.
   */
  work(deadline: number, asked?: number): number | undefined {
    for (;;) {
      const delay = this.#list(deadline, asked);
      if (delay !== undefined) return delay;
      const listing = this.#listing;
      if (!listing) return undefined;
      const wait = this.#evict(listing, deadline);
      if (wait !== "exhausted") return wait;
      const isAll = listing.candidates.areAll && listing.stores === this.#stores;
      if (isAll || !listing.hasProgress) return undefined;
      this.#listing = { ...listing, stores: -1 };
    }
  }

  /** Makes a listing if it is time; returns how long to wait where there is none that can be used. */
  #list(deadline: number, asked: number | undefined): number | undefined {
    if (!this.#scan) {
      const listing = this.#listing;
      const time = performance.now();
      if (listing) {
        const first = listing.candidates.first?.lastUse ?? Number.POSITIVE_INFINITY;
        const isOver = exceeds(this.#limits, this.#held, first, now());
        const isWrong = isOver && (listing.removals !== removals() || listing.stores < 0);
        const isDue = asked !== undefined && !this.isKnown(asked);
        if (!isWrong && !isDue && time < goodUntil(listing)) return undefined;
        const ratio = this.isFarOver() ? URGENT_RATIO : LISTING_RATIO;
        const rest = listing.end + ratio * listing.took - time;
        if (rest > 0 && asked === undefined) return rest;
      }
      this.#scan = { scan: new Scan(this.#layout), stores: this.#stores, took: 0 };
    }

    const start = performance.now();
    const candidates = this.#scan.scan.step(deadline);
    const end = performance.now();
    this.#scan.took += end - start;
    if (!candidates) return 0;
    const { scan, stores, took } = this.#scan;
    if (scan.leftovers.length > 0) inBackground(this.#layout.tmp, () => clearAway(scan.leftovers));
    this.#scan = undefined;
    this.#listing = { candidates, stores, end, took, hasProgress: false, removals: removals() };
    Object.assign(this.#held, candidates.total);
    return undefined;
  }

  /** Evicts until the limits hold; returns as {@link Evictor.work} does. */
  #evict(listing: Listing, deadline: number): number | undefined | "exhausted" {
    const { candidates } = listing;
    const shards = new Set<string>();
    try {
      for (;;) {
        const entry = candidates.first;
        const lastUse = entry?.lastUse ?? Number.POSITIVE_INFINITY;
        if (!exceeds(this.#limits, this.#held, lastUse, now())) return undefined;
        if (!entry) return "exhausted";
        if (performance.now() >= deadline) return 0;

        const outcome = evict(this.#layout, entry);
        if (typeof outcome === "number") return outcome;
        candidates.drop();
        if (outcome === "busy") continue;
        const again = outcome === "used" ? measureAgain(entry) : undefined;
        this.#held.bytes += (again?.bytes ?? 0) - entry.bytes;
        if (again) {
          candidates.add(again);
          continue;
        }
        this.#held.items--;
        listing.hasProgress = true;
        if (outcome !== "evicted") continue;
        shards.add(entry.shard.directory);
        this.#onEvicted?.(entry);
      }
    } finally {
      removeEmptyParents(shards);
    }
  }

  /** Whether no other listing is needed to know of the limits with this many entries stored here. */
  isKnown(stores: number): boolean {
    const listing = this.#listing;
    if (!listing) return stores === 0;
    if (listing.stores >= stores) return true;
    const { bytes = Number.POSITIVE_INFINITY, items = Number.POSITIVE_INFINITY } = this.#limits;
    const isSafe = this.#held.bytes <= SAFE_PART * bytes && this.#held.items <= SAFE_PART * items;
    return isSafe && performance.now() < goodUntil(listing);
  }

  /** Whether the store is a tenth over a limit; before the first listing, as if it had been full. */
  isFarOver(): boolean {
    const { bytes = Number.POSITIVE_INFINITY, items = Number.POSITIVE_INFINITY } = this.#limits;
    const part = this.#listing ? 1 + SLACK : SLACK;
    return this.#held.bytes > part * bytes || this.#held.items > part * items;
  }
}

function goodUntil({ end, took }: Listing): number {
  return end + Math.min(Math.max(LISTING_RATIO * took, LEAST_LISTING_MS), MOST_LISTING_MS);
}
