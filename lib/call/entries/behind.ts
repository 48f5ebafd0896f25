/**
 * Results that are on their way to a store while the program goes on.
 *
 * @module
 */

import { errorCode, errorMessage, WarnOnce } from "../../warning.ts";

/** Waits for a store no longer than the store itself says. */
export class Behind {
  readonly #location: string;
  readonly #open = new Set<Promise<void>>();
  readonly #warnings = new WarnOnce();

  constructor(location: string) {
    this.#location = location;
  }

  /**
   * Stores something. Resolves when it is stored or, where the store goes on in the background, when
   * it needs nothing more; what goes wrong afterwards is a warning.
   *
   * @param put calls the function that it is given when it needs nothing more.
   * @throws what `put` throws before it calls it.
   */
  async store(put: (taken: () => void) => Promise<void>): Promise<void> {
    let isTaken = false;
    await new Promise<void>((resolve, reject) => {
      const taken = (): void => {
        isTaken = true;
        resolve();
      };
      const done: Promise<void> = put(taken)
        .then(resolve, (error: unknown) => {
          if (isTaken) this.#warn(error);
          else reject(error);
        })
        .finally(() => this.#open.delete(done));
      this.#open.add(done);
    });
  }

  /** Resolves when everything has arrived, or failed. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }

  #warn(error: unknown): void {
    this.#warnings.warn(
      "the store",
      errorCode(error),
      `A result was returned but could not be cached in ${this.#location}: ${errorMessage(error)}`,
    );
  }
}
