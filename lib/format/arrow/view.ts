/**
 * Columns of views: of their buffers only the range that is referred to is written.
 *
 * ```text
 * view   int32 length, then up to 12 bytes of the value,
 *        or its first 4 bytes, int32 number of the buffer, int32 where in the buffer
 * ```
 *
 * @module
 */

import { isSet, validityOf } from "../../array/arrow-validity.ts";
import type { Packed } from "../../array/bytes.ts";
import type { Body } from "./body.ts";
import { computedBuffer, notWhole, type Run, rangeOf } from "./buffer.ts";

const VIEW_BYTES = 16;
const LONGEST_INLINE = 12;

/** The part of a buffer that views refer to. */
interface Used {
  readonly bytes: Uint8Array;
  begin: number;
  end: number;
  /** Its number among those that are written. */
  number: number;
}

/** Adds the views and the buffers of a column. */
export function addViews(body: Body, runs: readonly Run[]): void {
  const used = runs.map(usedBuffers);
  const written: Packed[] = [];
  for (const buffers of used) {
    for (const range of buffers.values()) {
      range.number = written.length;
      const { bytes, begin, end } = range;
      written.push({ byteLength: end - begin, pieces: () => rangeOf(bytes, begin, end) });
    }
  }
  body.buffers.push(viewBuffer(runs, used), ...written);
  body.variadicCounts.push(written.length);
}

function viewBuffer(runs: readonly Run[], used: readonly Map<number, Used>[]): Packed {
  const sources = runs.map((run) => ({ view: viewOf(run), isNull: nullTest(run) }));
  return computedBuffer(runs, VIEW_BYTES, (target, position, row, run) => {
    const source = sources[run];
    // What lies under a null may refer to nothing that there is.
    if (source === undefined || source.isNull(row)) return;
    for (let i = 0; i < VIEW_BYTES; i += 4) {
      target.setInt32(position + i, source.view.getInt32(row * VIEW_BYTES + i, true), true);
    }
    if (target.getInt32(position, true) <= LONGEST_INLINE) return;
    const range = used[run]?.get(target.getInt32(position + 8, true));
    const begin = target.getInt32(position + 12, true) - (range?.begin ?? 0);
    target.setInt32(position + 8, range?.number ?? 0, true);
    target.setInt32(position + 12, begin, true);
  });
}

function usedBuffers(run: Run): Map<number, Used> {
  const found = new Map<number, Used>();
  const view = viewOf(run);
  const isNull = nullTest(run);
  for (let row = run.start; row < run.start + run.count; row++) {
    const length = view.getInt32(row * VIEW_BYTES, true);
    if (length <= LONGEST_INLINE || isNull(row)) continue;
    const number = view.getInt32(row * VIEW_BYTES + 8, true);
    const begin = view.getInt32(row * VIEW_BYTES + 12, true);
    const bytes = run.data.variadicBuffers?.[number];
    if (bytes === undefined || begin < 0 || begin + length > bytes.byteLength) throw notWhole();
    const range = found.get(number);
    if (range === undefined) found.set(number, { bytes, begin, end: begin + length, number: 0 });
    else {
      range.begin = Math.min(range.begin, begin);
      range.end = Math.max(range.end, begin + length);
    }
  }
  return found;
}

function viewOf({ data, start, count }: Run): DataView {
  const { values } = data;
  if (values === undefined || values.byteLength < (start + count) * VIEW_BYTES) {
    if (count === 0) return new DataView(new ArrayBuffer(0));
    throw notWhole();
  }
  return new DataView(values.buffer, values.byteOffset, values.byteLength);
}

function nullTest({ data }: Run): (row: number) => boolean {
  const bits = validityOf(data);
  return bits ? (row) => !isSet(bits, data.offset + row) : () => false;
}
