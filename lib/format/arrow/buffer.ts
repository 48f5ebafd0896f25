/**
 * The buffers of a record batch: bytes that are written from where they lie in a table, with nothing
 * changed that need not be.
 *
 * What is written of a column are runs: rows of one or more pieces. Where a run begins in the middle of a
 * byte, or its offsets do not begin at zero, the bytes are made in windows.
 *
 * @module
 */

import type { ArrowData } from "../../array/arrow.ts";
import { offsetReader } from "../../array/arrow-offset.ts";
import { countUnset, validityOf } from "../../array/arrow-validity.ts";
import { type Packed, windows } from "../../array/bytes.ts";
import { CacheError } from "../../errors.ts";

/** Rows of a piece of a column. */
export interface Run {
  readonly data: ArrowData;
  readonly start: number;
  readonly count: number;
}

const WINDOW = 2 ** 16;
const NO_BYTES = new Uint8Array(0);

/** A buffer of no bytes. */
export const emptyBuffer: Packed = { byteLength: 0, pieces: () => [] };

/** How many rows runs have. */
export function rowsOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { count }) => sum + count, 0);
}

/** How many of the rows are null. */
export function nullsOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { data, start, count }) => {
    const bits = validityOf(data);
    return bits ? sum + countUnset(bits, data.offset + start, count) : sum;
  }, 0);
}

/** The bitmap of which rows are valid. */
export function validityBuffer(runs: readonly Run[]): Packed {
  return bitBuffer(runs, validityOf);
}

/** The bits of booleans. */
export function boolBuffer(runs: readonly Run[]): Packed {
  return bitBuffer(runs, ({ values }) => (values as Uint8Array | undefined) ?? NO_BYTES);
}

/** Elements of one width. Rows that are null may have no memory; they are zeros then. */
export function fixedBuffer(runs: readonly Run[], width: number): Packed {
  return {
    byteLength: rowsOf(runs) * width,
    *pieces() {
      for (const { data, start, count } of runs) {
        const { values } = data;
        const end = (start + count) * width;
        const begin = start * width;
        const there = Math.min(end, values?.byteLength ?? 0);
        if (there < end && nullsOf([{ data, start, count }]) < count) throw notWhole();
        if (values && begin < there) yield* rangeOf(values, begin, there);
        yield* zeros(end - Math.max(begin, there));
      }
    },
  };
}

/** Type ids of a union. */
export function idBuffer(runs: readonly Run[]): Packed {
  return {
    byteLength: rowsOf(runs),
    *pieces() {
      for (const { data, start, count } of runs) {
        if ((data.typeIds?.length ?? 0) < start + count) throw notWhole();
        if (data.typeIds) yield* windows(data.typeIds.subarray(start, start + count));
      }
    },
  };
}

/** The bytes of strings or binaries, those of null rows among them. */
export function dataBuffer(runs: readonly Run[]): Packed {
  const ranges = runs.map((run) => ({ values: run.data.values, ...offsetRange(run) }));
  for (const { values, end } of ranges) if (end > (values?.byteLength ?? 0)) throw notWhole();
  return {
    byteLength: ranges.reduce((sum, { begin, end }) => sum + end - begin, 0),
    *pieces() {
      for (const { values, begin, end } of ranges) if (values) yield* rangeOf(values, begin, end);
    },
  };
}

/** Where the elements of the rows of a run lie. */
export function offsetRange({ data, start, count }: Run): {
  readonly begin: number;
  readonly end: number;
} {
  if (count === 0) return { begin: 0, end: 0 };
  if ((data.valueOffsets?.length ?? 0) <= start + count) throw notWhole();
  const offsets = offsetReader(data.valueOffsets);
  const [begin, end] = [offsets(start), offsets(start + count)];
  if (begin < 0 || end < begin) throw notWhole();
  return { begin, end };
}

/** Offsets from the first element of the first run on. */
export function offsetBuffer(runs: readonly Run[], wide: boolean): Packed {
  const width = wide ? 8 : 4;
  const rows = rowsOf(runs);
  const shifts: number[] = [];
  let total = 0;
  for (const run of runs) {
    const { begin, end } = offsetRange(run);
    shifts.push(total - begin);
    total += end - begin;
  }
  if (!wide && total >= 2 ** 31) throw tooLarge();
  return {
    byteLength: (rows + 1) * width,
    *pieces() {
      for (const [i, { data, start, count }] of runs.entries()) {
        const offsets = data.valueOffsets;
        const shift = shifts[i] ?? 0;
        if (!offsets || count === 0) continue;
        if (shift === 0) yield* windows(offsets.subarray(start, start + count));
        else yield* shifted(offsets, start, count, shift, wide);
      }
      yield bytesOf(wide ? BigInt64Array.of(BigInt(total)) : Int32Array.of(total));
    },
  };
}

/** Integers with a number added to each, run by run. Rows that are null stay as they are. */
export function indexBuffer(runs: readonly Run[], width: number, bases: readonly number[]): Packed {
  const plain = fixedBuffer(runs, width);
  if (bases.every((base) => base === 0)) return plain;
  return {
    byteLength: plain.byteLength,
    *pieces() {
      for (const [i, run] of runs.entries()) {
        const { data, start, count } = run;
        const base = bases[i] ?? 0;
        if (base === 0) yield* fixedBuffer([run], width).pieces();
        else if (data.values) yield* added(data.values, start, count, base);
      }
    },
  };
}

/**
 * Elements that are made one after the other.
 *
 * @param fill writes one; it is given the row of the piece, and the number of the run.
 */
export function computedBuffer(
  runs: readonly Run[],
  width: 4 | 16,
  fill: (view: DataView, at: number, row: number, run: number) => void,
): Packed {
  return {
    byteLength: rowsOf(runs) * width,
    *pieces() {
      for (const [number, { start, count }] of runs.entries()) {
        const perWindow = WINDOW / width;
        for (let first = start; first < start + count; first += perWindow) {
          const some = Math.min(perWindow, start + count - first);
          const view = new DataView(new ArrayBuffer(some * width));
          for (let i = 0; i < some; i++) fill(view, i * width, first + i, number);
          yield new Uint8Array(view.buffer);
        }
      }
    },
  };
}

/** A range of the bytes of a view, in windows. */
export function* rangeOf(
  { buffer, byteOffset }: NodeJS.ArrayBufferView,
  begin: number,
  end: number,
): Generator<Uint8Array> {
  yield* windows(new DataView(buffer, byteOffset + begin, end - begin));
}

/** Zeros in windows. */
function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= WINDOW) yield new Uint8Array(Math.min(WINDOW, left));
}

/** The error for a piece whose memory ends before its rows do. */
export function notWhole(): CacheError {
  return new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    "an Arrow column in it has less memory than its rows need",
  );
}

function bitBuffer(
  runs: readonly Run[],
  bitsOf: (data: ArrowData) => Uint8Array | undefined,
): Packed {
  const rows = rowsOf(runs);
  for (const { data, start, count } of runs) {
    const bits = bitsOf(data);
    if (bits && bits.byteLength * 8 < data.offset + start + count && count > 0) {
      if (bitsOf === validityOf || nullsOf([{ data, start, count }]) < count) throw notWhole();
    }
  }
  return {
    byteLength: Math.ceil(rows / 8),
    *pieces() {
      const [only] = runs;
      const bits = only && bitsOf(only.data);
      const first = only ? only.data.offset + only.start : 0;
      if (runs.length === 1 && bits && first % 8 === 0 && bits.byteLength * 8 >= first + rows) {
        yield* wholeBytes(bits, first / 8, rows);
      } else {
        yield* packedBits(runs, bitsOf);
      }
    },
  };
}

/** Bits that begin with a byte: the bytes as they are, and the last one without what follows. */
function* wholeBytes(bits: Uint8Array, begin: number, rows: number): Generator<Uint8Array> {
  const whole = Math.floor(rows / 8);
  yield* windows(bits.subarray(begin, begin + whole));
  const rest = rows % 8;
  if (rest > 0) yield Uint8Array.of((bits[begin + whole] ?? 0) & (0xff >> (8 - rest)));
}

function* packedBits(
  runs: readonly Run[],
  bitsOf: (data: ArrowData) => Uint8Array | undefined,
): Generator<Uint8Array> {
  let bytes = new Uint8Array(WINDOW);
  let at = 0;
  for (const { data, start, count } of runs) {
    const bits = bitsOf(data);
    for (let row = 0; row < count; row++) {
      const place = data.offset + start + row;
      const set = bits === undefined || ((bits[Math.floor(place / 8)] ?? 0) >> (place % 8)) & 1;
      if (set) {
        const index = Math.floor(at / 8);
        bytes[index] = (bytes[index] ?? 0) | (1 << (at % 8));
      }
      if (++at < 8 * WINDOW) continue;
      yield bytes;
      bytes = new Uint8Array(WINDOW);
      at = 0;
    }
  }
  if (at > 0) yield bytes.subarray(0, Math.ceil(at / 8));
}

function* shifted(
  offsets: Int32Array | BigInt64Array,
  start: number,
  count: number,
  shift: number,
  wide: boolean,
): Generator<Uint8Array> {
  const perWindow = WINDOW / (wide ? 8 : 4);
  for (let first = start; first < start + count; first += perWindow) {
    const window = offsets.subarray(first, Math.min(first + perWindow, start + count));
    if (window instanceof Int32Array) yield bytesOf(window.map((offset) => offset + shift));
    else yield bytesOf(window.map((offset) => offset + BigInt(shift)));
  }
}

function* added(
  values: NodeJS.ArrayBufferView,
  start: number,
  count: number,
  base: number,
): Generator<Uint8Array> {
  const indices = values as Int32Array | BigInt64Array;
  for (let first = start; first < start + count; first += WINDOW / 8) {
    const window = indices.subarray(first, Math.min(first + WINDOW / 8, start + count));
    if (window.BYTES_PER_ELEMENT === 8) {
      yield bytesOf((window as BigInt64Array).map((index) => index + BigInt(base)));
    } else {
      yield bytesOf((window as Int32Array).map((index) => index + base));
    }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function tooLarge(): CacheError {
  return new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    "the dictionaries of an Arrow column in it are larger than 2 GiB together",
  );
}
