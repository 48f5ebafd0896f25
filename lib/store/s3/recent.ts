/**
 * The entries that were read last, as they came: their small files are asked for next.
 *
 * @module
 */

import type { Unpacked } from "./pack.ts";

const MOST_BYTES = 2 ** 24;

/** Entries by the names of their objects; the least recently read ones go. */
export class Recent {
  readonly #entries = new Map<string, Unpacked>();
  #bytes = 0;

  /** The entry that was read, if it is still here. */
  get(name: string): Unpacked | undefined {
    return this.#entries.get(name);
  }

  /** Keeps an entry. */
  set(name: string, entry: Unpacked): void {
    this.delete(name);
    this.#entries.set(name, entry);
    this.#bytes += sizeOf(entry);
    for (const [oldest] of this.#entries) {
      if (this.#bytes <= MOST_BYTES) break;
      this.delete(oldest);
    }
  }

  /** Forgets an entry. */
  delete(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    this.#bytes -= sizeOf(entry);
  }

  /** Forgets all. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

/** The memory behind it: manifest and files are views of one buffer; and what a map takes. */
function sizeOf({ manifest }: Unpacked): number {
  return manifest.buffer.byteLength + 500;
}
