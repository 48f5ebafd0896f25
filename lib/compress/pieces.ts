/**
 * Pieces of any size put together to frames of one size.
 *
 * @module
 */

/** Takes bytes from pieces, a given number at a time. */
export class PieceReader {
  readonly #pieces: Iterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array();

  constructor(pieces: Iterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.iterator]();
  }

  /** Copies the next bytes to the target, as many as it has. */
  fill(target: Uint8Array): void {
    for (let done = 0; done < target.byteLength; ) {
      if (this.#piece.byteLength === 0) this.#piece = this.#next();
      const part = this.#piece.subarray(0, target.byteLength - done);
      target.set(part, done);
      this.#piece = this.#piece.subarray(part.byteLength);
      done += part.byteLength;
    }
  }

  /** Ends the iteration, where not everything was taken. */
  close(): void {
    this.#pieces.return?.();
  }

  #next(): Uint8Array {
    const { done, value } = this.#pieces.next();
    if (done) throw new RangeError("the content of an array ended too early");
    return value;
  }
}
