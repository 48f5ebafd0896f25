/**
 * The content of an Arrow column in canonical bytes, whatever lies in memory around it.
 *
 * A column takes rows in pieces, and passes what they hold on to its streams and to the columns of
 * its children: which elements are null, their bytes, their lengths. What is not part of a value never
 * gets there: bytes under a null, children of a null, entries of a dictionary that no row refers to.
 * So chunks, slices, offsets and dictionaries leave no trace. `docs/key-format.md` gives the form.
 *
 * Memory does not grow with the column.
 *
 * @module
 */

import type { ArrowData, ArrowType } from "../../array/arrow.ts";
import { isSet, runEnd, validityOf } from "../../array/arrow-validity.ts";
import { BitStream, ByteStream } from "./stream.ts";

/** Rows of one type, on their way into a digest. */
export abstract class Column {
  #rows = 0;
  #nulls = 0;
  #validity: BitStream | undefined;

  /** Adds `count` rows from row `start` of a piece on. */
  add(data: ArrowData, start: number, count: number): void {
    const bits = this.validity(data);
    if (bits === undefined) {
      this.#addValid(data, start, count);
      return;
    }
    const { offset } = data;
    const end = start + count;
    for (let at = start; at < end; ) {
      const stop = runEnd(bits, offset + at, offset + end) - offset;
      if (isSet(bits, offset + at)) this.#addValid(data, at, stop - at);
      else this.addNulls(stop - at);
      at = stop;
    }
  }

  /** Adds rows that are null. */
  addNulls(count: number): void {
    if (count === 0) return;
    if (this.#validity === undefined) {
      this.#validity = new BitStream();
      this.#validity.addSame(1, this.#rows);
    }
    this.#validity.addSame(0, count);
    this.#rows += count;
    this.#nulls += count;
    this.nulls(count);
  }

  /** The digest of all rows. */
  raw(): Buffer {
    const all = new ByteStream();
    all.addUint64(this.#rows);
    all.addUint64(this.#nulls);
    if (this.#validity) all.addView(this.#validity.raw());
    this.content(all);
    return all.raw();
  }

  /** The bitmap of a piece in which some row is null. */
  protected validity(data: ArrowData): Uint8Array | undefined {
    return validityOf(data);
  }

  /** Takes rows that are not null. */
  protected abstract values(data: ArrowData, start: number, count: number): void;

  /** Takes note of rows that are null. */
  protected abstract nulls(count: number): void;

  /** Writes what is known of the rows besides which of them are null. */
  protected abstract content(out: ByteStream): void;

  #addValid(data: ArrowData, start: number, count: number): void {
    if (count === 0) return;
    this.#rows += count;
    this.#validity?.addSame(1, count);
    this.values(data, start, count);
  }
}

/** Thrown where a piece has not the memory that its length asks for. */
export class BrokenArrow extends Error {
  constructor(type: ArrowType, what: string) {
    super(`a column of type ${String(type)} ${what}`);
  }
}

/** Elements that are all null. */
export class NullColumn extends Column {
  override add(_: ArrowData, _start: number, count: number): void {
    this.addNulls(count);
  }
  protected override values(): void {}
  protected override nulls(): void {}
  protected override content(): void {}
}

/** Booleans. */
export class BoolColumn extends Column {
  readonly #bits = new BitStream();

  protected override values(data: ArrowData, start: number, count: number): void {
    const values = data.values as Uint8Array | undefined;
    const first = data.offset + start;
    if (values === undefined || values.byteLength * 8 < first + count) {
      throw tooShort(data);
    }
    this.#bits.add(values, first, count);
  }
  protected override nulls(count: number): void {
    this.#bits.addSame(0, count);
  }
  protected override content(out: ByteStream): void {
    out.addView(this.#bits.raw());
  }
}

/** Elements of one width. */
export class FixedColumn extends Column {
  readonly #bytes = new ByteStream();
  readonly #width: number;
  // One view for many runs, since a view for each costs more than the run. It ends below the 4 GiB
  // that a Uint8Array has on Node 20.
  #viewed: ArrowData | undefined;
  #first = 0;
  #view: Uint8Array = new Uint8Array(0);

  constructor(width: number) {
    super();
    this.#width = width;
  }

  protected override values(data: ArrowData, start: number, count: number): void {
    const begin = start * this.#width;
    const length = count * this.#width;
    const { values } = data;
    if (values === undefined || values.byteLength < begin + length) throw tooShort(data);
    const { buffer, byteOffset, byteLength } = values;
    if (length > LONGEST_RUN) {
      this.#bytes.addView(new DataView(buffer, byteOffset + begin, length));
      return;
    }
    const isViewed = begin >= this.#first && begin + length <= this.#first + this.#view.byteLength;
    if (this.#viewed !== data || !isViewed) {
      this.#viewed = data;
      this.#first = begin;
      const viewed = Math.min(byteLength - begin, LONGEST_VIEW);
      this.#view = new Uint8Array(buffer, byteOffset + begin, viewed);
    }
    this.#bytes.add(this.#view, begin - this.#first, begin - this.#first + length);
  }
  protected override nulls(count: number): void {
    this.#bytes.addZeros(count * this.#width);
  }
  protected override content(out: ByteStream): void {
    out.addView(this.#bytes.raw());
  }
}

const LONGEST_VIEW = 2 ** 30;
const LONGEST_RUN = 2 ** 20;

/** The error for a piece whose memory ends before its rows do. */
export function tooShort(data: ArrowData): BrokenArrow {
  return new BrokenArrow(data.type, `has less memory than its ${data.length} rows need`);
}
