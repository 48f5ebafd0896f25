/**
 * An entry being written: a directory in `tmp/` that is moved to its place or discarded.
 *
 * @module
 */

import { fsyncSync, futimesSync, mkdirSync, renameSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { ByteSource } from "../array/bytes.ts";
import { inBackground } from "./background.ts";
import { withFile, writeAll } from "./file.ts";
import { syncDirectory } from "./make-directory.ts";
import { reserveAhead } from "./reserve.ts";
import { adoptScratch } from "./scratch.ts";
import { computeSum, type SummedFile } from "./sum.ts";
import { removeLeft, removeTemporary } from "./temporary.ts";

/** A directory of files that no reader sees yet. */
export class Draft {
  readonly #directory: string;
  readonly #durable: boolean;
  readonly #adopted: SummedFile[] = [];
  #isMoved = false;

  constructor(directory: string, durable: boolean) {
    removeLeft();
    mkdirSync(directory);
    this.#directory = directory;
    this.#durable = durable;
  }

  /**
   * Writes a file from consecutive pieces, each of which may be reused once it was taken.
   *
   * @param modified the modification time that it is given, in milliseconds since 1970.
   * @param byteLength how many bytes the pieces have, where that is known.
   */
  write(name: string, pieces: Iterable<Uint8Array>, modified?: number, byteLength = 0): void {
    withFile(`${this.#directory}${sep}${name}`, "wx", (fd) => {
      reserveAhead(fd, byteLength);
      for (const piece of pieces) writeAll(fd, piece);
      this.#seal(fd, modified);
    });
  }

  /** As {@link Draft.write}, while the program goes on. A piece is valid until the next is asked for. */
  async writeLater(
    name: string,
    pieces: AsyncIterable<Uint8Array>,
    modified?: number,
  ): Promise<void> {
    const handle = await open(join(this.#directory, name), "wx");
    try {
      for await (const piece of pieces) {
        for (let done = 0; done < piece.byteLength; ) {
          const left = piece.byteLength - done;
          done += (await handle.write(piece, done, left)).bytesWritten;
        }
      }
      if (modified !== undefined) await handle.utimes(modified / 1000, modified / 1000);
      if (this.#durable) await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /**
   * Makes memory that lies on a file of the same store a file of the draft, without reading it: see
   * {@link adoptScratch}. Its checksum is computed in the background once the draft was moved.
   *
   * @param head the bytes before the memory.
   * @returns `false` where the bytes have to be written instead.
   */
  adopt(name: string, head: Uint8Array, source: ByteSource, modified: number): boolean {
    const target = join(this.#directory, name);
    const isAdopted = adoptScratch(source, head, target, (fd) => this.#seal(fd, modified));
    const { byteLength: bytes } = source;
    if (isAdopted) this.#adopted.push({ path: name, offset: head.byteLength, bytes, modified });
    return isAdopted;
  }

  /** Moves the directory to its place. With `durable`, the names are on the disk afterwards. */
  moveTo(target: string): void {
    if (this.#durable) syncDirectory(this.#directory);
    renameSync(this.#directory, target);
    this.#isMoved = true;
    for (const { path: name, ...file } of this.#adopted) {
      const path = join(target, name);
      inBackground(dirname(this.#directory), () => computeSum({ ...file, path }));
    }
    if (this.#durable) syncDirectory(dirname(target));
  }

  /** Removes what was written, unless it was moved. Never throws: see {@link removeTemporary}. */
  discard(): void {
    if (!this.#isMoved) removeTemporary(this.#directory);
  }

  #seal(fd: number, modified: number | undefined): void {
    if (modified !== undefined) futimesSync(fd, modified / 1000, modified / 1000);
    if (this.#durable) fsyncSync(fd);
  }
}
