/**
 * A file that is written before anyone knows how long it will be, and read back once.
 *
 * @module
 */

import { closeSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInto, writeAll } from "../store/file.ts";
import { temporaryName } from "../store/temporary.ts";

const WINDOW = 2 ** 20;

/** A file without a name in the system's temporary directory. */
export class Spool {
  readonly #fd: number;
  #byteLength = 0;

  constructor() {
    const path = join(tmpdir(), `ndmemo-${temporaryName()}`);
    this.#fd = openSync(path, "wx+", 0o600);
    // It is gone with this process then, however that ends.
    rmSync(path, { force: true });
  }

  /** How many bytes were written. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** Writes a piece behind the others. */
  write(piece: Uint8Array): void {
    writeAll(this.#fd, piece);
    this.#byteLength += piece.byteLength;
  }

  /** What was written, in pieces of at most 1 MiB, each valid until the next one is asked for. */
  *pieces(): Generator<Uint8Array, void, undefined> {
    const window = new Uint8Array(Math.min(WINDOW, this.#byteLength));
    for (let done = 0; done < this.#byteLength; done += window.byteLength) {
      const piece = window.subarray(0, Math.min(window.byteLength, this.#byteLength - done));
      readInto(this.#fd, piece, done);
      yield piece;
    }
  }

  /** Frees its space. */
  close(): void {
    closeSync(this.#fd);
  }
}
