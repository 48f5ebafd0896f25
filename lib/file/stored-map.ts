/**
 * Maps whose pages are those of a file that nobody has written to since it was stored.
 *
 * @module
 */

import { statSync } from "node:fs";
import { fileState, hasState, isModifiedAt } from "../store/look.ts";
import { mapper } from "../store/map/mapper.ts";

/**
 * A map of a stored file, which can be asked whether it is as the file was stored. That is quick: it
 * looks at the pages that were written to, and at the file's time, which is in the past so that any
 * write shows.
 *
 * It refers to the buffer and is to be kept with it.
 */
export class StoredMap {
  readonly #buffer: ArrayBufferLike;
  readonly #path: string;
  readonly #ino: number;
  readonly #modified: number;
  #state: BigUint64Array | undefined;

  /**
   * @param ino the number of the file.
   * @param modified the time that the file was given when it was stored, in milliseconds since 1970.
   * @param state of {@link fileState}, where it is known that the file was as stored in it.
   */
  constructor(
    buffer: ArrayBufferLike,
    path: string,
    ino: number,
    modified: number,
    state?: BigUint64Array,
  ) {
    this.#buffer = buffer;
    this.#path = path;
    this.#ino = ino;
    this.#modified = modified;
    this.#state = state;
  }

  /** Whether no page of the map was written to; not, where nobody knows. */
  isClean(): boolean {
    return mapper()?.dirtyPages(this.#buffer) === 0;
  }

  /** Whether neither the map nor its file was written to. */
  isUnwritten(): boolean {
    return this.#isAsStored() && this.isClean();
  }

  #isAsStored(): boolean {
    if (this.#state && hasState(this.#path, this.#state)) return true;
    const now = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    if (now === undefined || Number(now.ino) !== this.#ino) return false;
    const found = fileState(now);
    if (!isModifiedAt(found, this.#modified)) return false;
    this.#state = found;
    return true;
  }
}
