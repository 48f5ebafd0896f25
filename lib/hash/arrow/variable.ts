/**
 * Columns whose elements have a length: strings and binaries, behind offsets or behind views.
 *
 * @module
 */

import type { ArrowData } from "../../array/arrow.ts";
import { type OffsetReader, offsetReader } from "../../array/arrow-offset.ts";
import { BrokenArrow, Column, tooShort } from "./column.ts";
import { ByteStream } from "./stream.ts";

/** Elements that have a length. */
export abstract class LengthColumn extends Column {
  readonly #lengths = new ByteStream();
  #of: ArrowData | undefined;
  #read: OffsetReader = () => 0;

  /** Takes the lengths of elements that lie behind offsets; returns where they begin and end. */
  protected addLengths(
    data: ArrowData,
    start: number,
    count: number,
  ): readonly [begin: number, end: number] {
    const offsets = this.#offsetsOf(data, start + count);
    const begin = offsets(start);
    let last = begin;
    for (let row = start + 1; row <= start + count; row++) {
      const end = offsets(row);
      this.addLength(end - last, data);
      last = end;
    }
    return [begin, last];
  }
  /** Takes the length of one element. */
  protected addLength(length: number, data: ArrowData): void {
    if (length < 0) throw new BrokenArrow(data.type, "has offsets that go backwards");
    this.#lengths.addUint64(length);
  }
  protected override nulls(count: number): void {
    this.#lengths.addZeros(8 * count);
  }
  protected override content(out: ByteStream): void {
    out.addView(this.#lengths.raw());
  }

  /** The offsets of a piece, of which there are more than `end`. */
  #offsetsOf(data: ArrowData, end: number): OffsetReader {
    if (this.#of !== data) {
      this.#of = data;
      this.#read = offsetReader(data.valueOffsets);
    }
    if ((data.valueOffsets?.length ?? 0) <= end) throw tooShort(data);
    return this.#read;
  }
}

/** Strings and binaries behind offsets. */
export class VariableColumn extends LengthColumn {
  readonly #bytes = new ByteStream();

  protected override values(data: ArrowData, start: number, count: number): void {
    const [begin, end] = this.addLengths(data, start, count);
    const values = data.values as Uint8Array | undefined;
    if (begin < 0 || end > (values?.byteLength ?? 0)) throw tooShort(data);
    if (values) this.#bytes.add(values, begin, end);
  }
  protected override content(out: ByteStream): void {
    super.content(out);
    out.addView(this.#bytes.raw());
  }
}

const VIEW_BYTES = 16;
const LONGEST_INLINE = 12;

/** Strings and binaries behind views: short ones inside them, others in one of several buffers. */
export class ViewColumn extends LengthColumn {
  readonly #bytes = new ByteStream();

  protected override values(data: ArrowData, start: number, count: number): void {
    const views = data.values as Uint8Array | undefined;
    if (views === undefined || views.byteLength < (start + count) * VIEW_BYTES) {
      throw tooShort(data);
    }
    const view = new DataView(views.buffer, views.byteOffset, views.byteLength);
    for (let at = start * VIEW_BYTES; at < (start + count) * VIEW_BYTES; at += VIEW_BYTES) {
      const length = view.getInt32(at, true);
      this.addLength(length, data);
      if (length <= LONGEST_INLINE) {
        this.#bytes.add(views, at + 4, at + 4 + length);
        continue;
      }
      const buffer = data.variadicBuffers?.[view.getInt32(at + 8, true)];
      const begin = view.getInt32(at + 12, true);
      if (buffer === undefined || begin < 0 || begin + length > buffer.byteLength) {
        throw tooShort(data);
      }
      this.#bytes.add(buffer, begin, begin + length);
    }
  }
  protected override content(out: ByteStream): void {
    super.content(out);
    out.addView(this.#bytes.raw());
  }
}
