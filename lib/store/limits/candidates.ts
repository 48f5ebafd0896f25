/**
 * The entries of a store in the order in which they are to be evicted, and how much all of them hold.
 *
 * A listing takes some 20 microseconds an entry, so it is made in slices, and only the entries that
 * go first are kept: when they are used up, it is time for another listing anyway.
 *
 * @module
 */

import { now } from "../clock.ts";
import type { Layout } from "../layout.ts";
import { type StoredEntry, storedEntries } from "../listing.ts";
import { byLastUse, type Tally } from "./size-limits.ts";

/** The entries kept: the first thousand, or the first quarter if those are more. */
const LEAST_KEPT = 1000;
const KEPT_PART = 1 / 4;

/** A listing in the making. */
export class Scan {
  /** Directories of entries that were removed in part. */
  readonly leftovers: string[] = [];
  readonly #listing: Generator<StoredEntry, void, undefined>;
  readonly #entries: StoredEntry[] = [];
  #bytes = 0;

  constructor(layout: Layout) {
    const onLeftover = (directory: string): unknown => this.leftovers.push(directory);
    this.#listing = storedEntries(layout, { onLeftover });
  }

  /**
   * Goes on until a point of `performance.now()`.
   *
   * @returns the candidates, or `undefined` where it is not done yet.
   */
  step(deadline: number): Candidates | undefined {
    do {
      const { value: entry } = this.#listing.next();
      if (!entry) return this.#finish();
      this.#entries.push(entry);
      this.#bytes += entry.bytes;
    } while (performance.now() < deadline);
    return undefined;
  }

  #finish(): Candidates {
    const items = this.#entries.length;
    const sorted = this.#entries.sort(byLastUse(now()));
    const kept = sorted.slice(0, Math.max(LEAST_KEPT, Math.ceil(items * KEPT_PART)));
    return new Candidates(kept, { items, bytes: this.#bytes });
  }
}

/** Entries to evict, in order. */
export class Candidates {
  /** What the store held when it was listed. */
  readonly total: Tally;
  /** Whether these were all entries. */
  readonly areAll: boolean;
  readonly #entries: StoredEntry[];
  #first = 0;

  constructor(entries: StoredEntry[], total: Tally) {
    this.#entries = entries;
    this.total = total;
    this.areAll = entries.length === total.items;
  }

  /** The entry that goes next. */
  get first(): StoredEntry | undefined {
    return this.#entries[this.#first];
  }

  /** Takes the first entry out. */
  drop(): void {
    this.#first++;
  }

  /** Puts an entry that was used since in its place. */
  add(entry: StoredEntry): void {
    const before = byLastUse(now());
    let [low, high] = [this.#first, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.#entries[middle] as StoredEntry, entry) < 0) low = middle + 1;
      else high = middle;
    }
    // Behind the last one kept, others may come that are not here.
    if (low < this.#entries.length || this.areAll) this.#entries.splice(low, 0, entry);
  }
}
