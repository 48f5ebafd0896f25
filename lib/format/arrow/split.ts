/**
 * Rows of a record batch in parts, so that no buffer of a part is larger than a limit.
 *
 * @module
 */

import type { ArrowData } from "../../array/arrow.ts";
import { indexWidth } from "../../array/arrow-layout.ts";
import { offsetRange } from "./buffer.ts";
import type { Slot } from "./dictionary.ts";

/** Yields the first row and the number of rows of each part. A row is never split. */
export function* splitRows(
  slots: readonly Slot[],
  columns: readonly ArrowData[],
  rows: number,
  limit: number,
): Generator<readonly [start: number, count: number]> {
  const largestOf = (start: number, count: number): number =>
    Math.max(
      0,
      ...slots.map((slot, i) => {
        const data = columns[i];
        return data ? largestBuffer(slot, data, start, count) : 0;
      }),
    );
  function* split(start: number, count: number): Generator<readonly [number, number]> {
    const largest = largestOf(start, count);
    if (count <= 1 || largest <= limit) {
      yield [start, count];
      return;
    }
    // Parts of whole bytes of bits, where they have so many rows.
    const wanted = Math.floor(count / Math.ceil(largest / limit));
    const each = wanted >= 64 ? wanted - (wanted % 64) : Math.max(1, wanted);
    for (let at = 0; at < count; at += each) yield* split(start + at, Math.min(each, count - at));
  }
  yield* split(0, rows);
}

/** Bytes of the largest buffer of rows, without those that are shared by all rows. */
function largestBuffer(slot: Slot, data: ArrowData, start: number, count: number): number {
  const { layout } = slot;
  const child = (i: number, from: number, rows: number): number => {
    const [inner, piece] = [slot.children[i], data.children[i]];
    return inner && piece ? largestBuffer(inner, piece, from, rows) : 0;
  };
  switch (layout.kind) {
    case "null":
      return 0;
    case "bool":
      return Math.ceil(count / 8);
    case "fixed":
      return count * layout.width;
    case "dictionary":
      return count * indexWidth(slot.type);
    case "view":
      return count * 16;
    case "variable":
    case "list": {
      const { begin, end } = offsetRange({ data, start, count });
      const offsets = (count + 1) * (layout.wide ? 8 : 4);
      const inner = layout.kind === "list" ? child(0, begin, end - begin) : end - begin;
      return Math.max(offsets, inner);
    }
    case "fixedList":
      return child(0, start * layout.size, count * layout.size);
    case "struct":
    case "sparse":
      return Math.max(count / 8, ...slot.children.map((_, i) => child(i, start, count)));
    case "dense":
      // Which values the rows refer to is only known by looking at each: about their share.
      return Math.max(
        count * 4,
        ...slot.children.map(
          (_, i) => (child(i, 0, data.children[i]?.length ?? 0) * count) / (data.length || 1),
        ),
      );
  }
}
