/**
 * Flatbuffers, as Arrow's metadata is read: no position that they name is followed before it was
 * found to lie inside them.
 *
 * @module
 */

import { CacheError } from "../../errors.ts";

/** Bytes of a flatbuffer, with how much of them may still be looked at. */
interface Source {
  readonly view: DataView;
  /** Tables that refer to each other many times would otherwise make endless trees of few bytes. */
  left: number;
}

/** A table of a flatbuffer: its fields by their slot, with a default for those that are left out. */
export class FlatTable {
  readonly #source: Source;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;
  readonly #bytes: number;

  /** The root table. @throws CacheError `ERR_CORRUPT_ENTRY` for bytes that have none. */
  static root(bytes: Uint8Array): FlatTable {
    const { buffer, byteOffset, byteLength } = bytes;
    const source = { view: new DataView(buffer, byteOffset, byteLength), left: byteLength / 4 };
    if (byteLength < 8) throw damaged();
    return new FlatTable(source, source.view.getUint32(0, true));
  }

  private constructor(source: Source, at: number) {
    this.#source = source;
    this.#at = at;
    const { view } = source;
    if (--source.left < 0 || at + 4 > view.byteLength) throw damaged();
    this.#vtable = at - view.getInt32(at, true);
    if (this.#vtable < 0 || this.#vtable + 4 > view.byteLength) throw damaged();
    this.#vtableBytes = view.getUint16(this.#vtable, true);
    this.#bytes = view.getUint16(this.#vtable + 2, true);
    const isInside =
      this.#vtable + this.#vtableBytes <= view.byteLength && at + this.#bytes <= view.byteLength;
    if (!isInside) throw damaged();
  }

  /** A number of 1, 2, 4 or 8 bytes; of 8 only such that a number holds exactly. */
  number(slot: number, bytes: 1 | 2 | 4 | 8, missing: number = 0): number {
    const at = this.#field(slot, bytes);
    return at === undefined ? missing : readNumber(this.#source.view, at, bytes);
  }

  /** A boolean; false where it is left out. */
  boolean(slot: number): boolean {
    return this.number(slot, 1) !== 0;
  }

  /** A string; undefined where it is left out. */
  text(slot: number): string | undefined {
    const at = this.#target(slot);
    if (at === undefined) return undefined;
    const { view } = this.#source;
    const length = this.#count(at, 1);
    return Buffer.from(view.buffer, view.byteOffset + at + 4, length).toString("utf8");
  }

  /** The table that a field refers to; undefined where it is left out. */
  table(slot: number): FlatTable | undefined {
    const at = this.#target(slot);
    return at === undefined ? undefined : new FlatTable(this.#source, at);
  }

  /** The tables of a vector; none where it is left out. */
  tables(slot: number): FlatTable[] {
    const at = this.#target(slot);
    if (at === undefined) return [];
    const { view } = this.#source;
    return Array.from({ length: this.#count(at, 4) }, (_, i) => {
      const place = at + 4 + 4 * i;
      return new FlatTable(this.#source, place + view.getUint32(place, true));
    });
  }

  /**
   * The numbers of a vector, or of its structs one after the other; none where it is left out.
   *
   * @param perElement how many numbers an element has.
   */
  numbers(slot: number, bytes: 1 | 2 | 4 | 8, perElement: number = 1): number[] {
    const at = this.#target(slot);
    if (at === undefined) return [];
    const { view } = this.#source;
    const count = this.#count(at, bytes * perElement) * perElement;
    return Array.from({ length: count }, (_, i) => readNumber(view, at + 4 + bytes * i, bytes));
  }

  /** The number of elements of a vector, if it has room for them. */
  #count(at: number, bytes: number): number {
    const { view } = this.#source;
    if (at + 4 > view.byteLength) throw damaged();
    const count = view.getUint32(at, true);
    if (at + 4 + count * bytes > view.byteLength) throw damaged();
    this.#source.left -= (count * bytes) / 4;
    if (this.#source.left < 0) throw damaged();
    return count;
  }

  #field(slot: number, bytes: number): number | undefined {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#vtableBytes) return undefined;
    const offset = this.#source.view.getUint16(this.#vtable + entry, true);
    if (offset === 0) return undefined;
    if (offset + bytes > this.#bytes) throw damaged();
    return this.#at + offset;
  }

  #target(slot: number): number | undefined {
    const at = this.#field(slot, 4);
    return at === undefined ? undefined : at + this.#source.view.getUint32(at, true);
  }
}

function readNumber(view: DataView, at: number, bytes: 1 | 2 | 4 | 8): number {
  if (bytes === 1) return view.getInt8(at);
  if (bytes === 2) return view.getInt16(at, true);
  if (bytes === 4) return view.getInt32(at, true);
  const value = Number(view.getBigInt64(at, true));
  if (!Number.isSafeInteger(value)) throw damaged();
  return value;
}

function damaged(): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", "Arrow's metadata is damaged");
}
