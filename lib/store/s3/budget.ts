/**
 * A number of bytes, or of places, that may be taken up at once.
 *
 * @module
 */

interface Waiting {
  readonly amount: number;
  readonly resolve: () => void;
}

/** Hands out what is there, in the order in which it was asked for. */
export class Budget {
  #left: number;
  readonly #all: number;
  readonly #waiting: Waiting[] = [];

  constructor(all: number) {
    this.#all = all;
    this.#left = all;
  }

  /** Resolves when so much is there, and takes it; more than there is counts as all of it. */
  take(amount: number): Promise<void> {
    const wanted = Math.min(amount, this.#all);
    if (this.#waiting.length === 0 && wanted <= this.#left) {
      this.#left -= wanted;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push({ amount: wanted, resolve }));
  }

  /** Gives back what was taken. */
  give(amount: number): void {
    this.#left += Math.min(amount, this.#all);
    for (let next = this.#waiting[0]; next && next.amount <= this.#left; next = this.#waiting[0]) {
      this.#left -= next.amount;
      this.#waiting.shift();
      next.resolve();
    }
  }
}
