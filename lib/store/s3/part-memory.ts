/**
 * The memory of parts on their way up, used again for the next ones: pages that are new cost more
 * than copying into them.
 *
 * @module
 */

/** Hands out memory. What is kept for later never adds to what was in use at once. */
export class PartMemory {
  readonly #size: number;
  readonly #spare: ArrayBuffer[] = [];
  #used = 0;

  /** @param size bytes of most parts. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Memory of so many bytes, with anything in it. */
  take(length: number): Uint8Array<ArrayBuffer> {
    this.#used++;
    // Where another size is asked for, what is spare makes room.
    const spare = this.#spare.pop();
    if (spare && length === this.#size) return new Uint8Array(spare);
    return Buffer.allocUnsafeSlow(length);
  }

  /**
   * Takes memory back.
   *
   * @param isFree whether nobody may still be reading it.
   */
  give({ buffer }: Uint8Array<ArrayBuffer>, isFree: boolean): void {
    this.#used--;
    if (this.#used === 0) this.#spare.length = 0;
    else if (isFree && buffer.byteLength === this.#size) this.#spare.push(buffer);
  }
}
