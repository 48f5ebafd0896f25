/**
 * The clock of the service, told from its answers: what is old is old by one clock, whatever those of
 * the machines say.
 *
 * @module
 */

const SLACK_MS = 2000;

/** Follows the clock of one service. */
export class StoreClock {
  #offset: number | undefined;

  /** Takes down the header `Date` of an answer that has just come: whole seconds, rounded down. */
  heard(date: string | undefined): void {
    const offset = Date.parse(date ?? "") - performance.now();
    if (Number.isNaN(offset)) return;
    // What is up to a second behind has been rounded, or was on its way; more is a clock that was set.
    const known = this.#offset ?? Number.NEGATIVE_INFINITY;
    if (offset > known || offset < known - SLACK_MS) this.#offset = offset;
  }

  /** Milliseconds since 1970 by the service; by this machine, before its first answer. */
  now(): number {
    return this.#offset === undefined ? Date.now() : this.#offset + performance.now();
  }

  /** A time of the service as this machine would have told it. */
  toLocal(time: number): number {
    return time - this.now() + Date.now();
  }
}
