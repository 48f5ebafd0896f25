/**
 * Keeps a store of another kind within limits, in the background.
 *
 * Listing such a store can take long, and can cost money. So it is listed once, then counted along,
 * and listed again when it may have grown over a limit: by what this process stored, or, every ten
 * minutes in which something is stored, by what others did.
 *
 * @module
 */

import { errorCode, errorMessage, WarnOnce } from "../../warning.ts";
import type { StoreBackend } from "../backend.ts";
import { reduceBackend } from "./backend-reduce.ts";
import { checkFits, exceeds, hasLimits, type SizeLimits } from "./size-limits.ts";

const LIST_EVERY_MS = 600_000;

/** The limits of one store. */
export class BackendLimits {
  readonly #store: StoreBackend;
  readonly #limits: SizeLimits;
  readonly #warnings = new WarnOnce();
  #held = { items: 0, bytes: 0 };
  #listed = Number.NEGATIVE_INFINITY;
  #work: Promise<void> | undefined;

  constructor(store: StoreBackend, limits: SizeLimits = {}) {
    this.#store = store;
    this.#limits = limits;
  }

  /** Called before an entry is stored. @throws Error where it is larger than the limit of all. */
  check(bytes: number): void {
    checkFits(this.#limits, bytes);
  }

  /** Takes down that an entry of so many bytes was stored; returns at once. */
  stored(bytes: number): void {
    if (!hasLimits(this.#limits)) return;
    this.#held.items++;
    this.#held.bytes += bytes;
    if (!this.#work && this.#isDue()) this.#work = this.#reduce();
  }

  /** Resolves when the limits hold. */
  async settled(): Promise<void> {
    while (this.#work) await this.#work;
  }

  async #reduce(): Promise<void> {
    try {
      while (this.#isDue()) {
        // What is stored while the store is listed may be in the list or not: it is counted again.
        this.#listed = performance.now();
        this.#held = { items: 0, bytes: 0 };
        const { kept } = await reduceBackend(this.#store, this.#limits, false);
        this.#held.items += kept.items;
        this.#held.bytes += kept.bytes;
      }
    } catch (error) {
      this.#warnings.warn(
        "limits",
        errorCode(error),
        `The limits of the cache in ${this.#store.location} could not be kept: ${errorMessage(error)}`,
      );
    } finally {
      this.#work = undefined;
    }
  }

  #isDue(): boolean {
    const { items, bytes } = this.#limits;
    const isOld = performance.now() - this.#listed > LIST_EVERY_MS;
    return isOld || (this.#held.items > 0 && exceeds({ items, bytes }, this.#held, 0, 0));
  }
}
