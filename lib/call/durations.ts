/**
 * How long a function takes, as far as this process knows: from its own computations, and from what
 * the entries that it loaded say of theirs.
 *
 * @module
 */

const REMEMBERED = 16;

/** How long the last calls of a function took to compute. */
export class Durations {
  readonly #last = new Float64Array(REMEMBERED);
  #count = 0;

  /** Takes a computation down, in seconds. */
  add(seconds: number): void {
    this.#last[this.#count++ % REMEMBERED] = seconds;
  }

  /** The longest of the last ones, in seconds; `undefined` where there was none. */
  get longest(): number | undefined {
    if (this.#count === 0) return undefined;
    let longest = 0;
    for (const seconds of this.#last) longest = Math.max(longest, seconds);
    return longest;
  }
}
