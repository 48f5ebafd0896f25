/**
 * The body of a record batch: for rows of a column its nodes and buffers, in the order of the format.
 *
 * @module
 */

import { indexWidth } from "../../array/arrow-layout.ts";
import type { Packed } from "../../array/bytes.ts";
import {
  boolBuffer,
  computedBuffer,
  dataBuffer,
  emptyBuffer,
  fixedBuffer,
  idBuffer,
  indexBuffer,
  notWhole,
  nullsOf,
  offsetBuffer,
  offsetRange,
  type Run,
  rowsOf,
  validityBuffer,
} from "./buffer.ts";
import type { Slot } from "./dictionary.ts";
import { addViews } from "./view.ts";

/** What a record batch is made of. */
export interface Body {
  /** The rows and the nulls of each column and each child. */
  readonly nodes: number[];
  readonly buffers: Packed[];
  /** How many buffers each column of views has besides those that all columns have. */
  readonly variadicCounts: number[];
}

/** A body without columns. */
export function newBody(): Body {
  return { nodes: [], buffers: [], variadicCounts: [] };
}

/** Adds a column, or a child of one. */
export function addColumn(body: Body, slot: Slot, runs: readonly Run[]): void {
  const { layout } = slot;
  const { kind } = layout;
  const rows = rowsOf(runs);
  const isUnion = kind === "sparse" || kind === "dense";
  const nulls = kind === "null" ? rows : isUnion ? 0 : nullsOf(runs);
  body.nodes.push(rows, nulls);
  if (kind !== "null" && !isUnion) {
    body.buffers.push(nulls === 0 ? emptyBuffer : validityBuffer(runs));
  }
  switch (kind) {
    case "null":
      return;
    case "bool":
      body.buffers.push(boolBuffer(runs));
      return;
    case "fixed":
      body.buffers.push(fixedBuffer(runs, layout.width));
      return;
    case "variable":
      body.buffers.push(offsetBuffer(runs, layout.wide), dataBuffer(runs));
      return;
    case "view":
      addViews(body, runs);
      return;
    case "dictionary": {
      const bases = runs.map(({ data }) => slot.pool?.baseOf(data) ?? 0);
      body.buffers.push(indexBuffer(runs, indexWidth(slot.type), bases));
      return;
    }
    case "list":
      body.buffers.push(offsetBuffer(runs, layout.wide));
      addChild(body, slot, 0, runs, (run) => {
        const { begin, end } = offsetRange(run);
        return { start: begin, count: end - begin };
      });
      return;
    case "fixedList": {
      const { size } = layout;
      const range = ({ start, count }: Run) => ({ start: start * size, count: count * size });
      addChild(body, slot, 0, runs, range);
      return;
    }
    case "struct":
    case "sparse":
      if (kind === "sparse") body.buffers.push(idBuffer(runs));
      for (const i of slot.children.keys()) addChild(body, slot, i, runs, (run) => run);
      return;
    case "dense":
      addDenseUnion(body, slot, runs);
      return;
  }
}

function addChild(
  body: Body,
  slot: Slot,
  index: number,
  runs: readonly Run[],
  rangeOf: (run: Run) => { readonly start: number; readonly count: number },
): void {
  const child = slot.children[index];
  if (child === undefined) throw notWhole();
  const childRuns = runs.flatMap((run) => {
    const { start, count } = rangeOf(run);
    const data = run.data.children[index];
    if (count === 0) return [];
    if (data === undefined || start + count > data.length) throw notWhole();
    return [{ data, start, count }];
  });
  addColumn(body, child, childRuns);
}

/** The offsets of a dense union, from the first value of each child that is used. */
function addDenseUnion(body: Body, slot: Slot, runs: readonly Run[]): void {
  const ids = Array.from(slot.type.typeIds ?? []);
  const ranges = runs.map((run) => ids.map((id) => usedRange(run, id)));
  // By how much the values of a run move among those of the child that are written.
  const totals = ids.map(() => 0);
  const shifts = ranges.map((range) =>
    range.map(({ start, count }, child) => {
      const total = totals[child] ?? 0;
      totals[child] = total + count;
      return total - start;
    }),
  );
  body.buffers.push(
    idBuffer(runs),
    computedBuffer(runs, 4, (view, position, row, run) => {
      const data = runs[run]?.data;
      const child = ids.indexOf(data?.typeIds?.[row] ?? -1);
      const offset = Number(data?.valueOffsets?.[row] ?? 0);
      view.setInt32(position, offset + (shifts[run]?.[child] ?? 0), true);
    }),
  );
  for (const child of slot.children.keys()) {
    addChild(body, slot, child, runs, (run) => ranges[runs.indexOf(run)]?.[child] ?? run);
  }
}

function usedRange({ data, start, count }: Run, id: number): { start: number; count: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, -1];
  for (let row = start; row < start + count; row++) {
    if (data.typeIds?.[row] !== id) continue;
    const offset = Number(data.valueOffsets?.[row] ?? -1);
    if (offset < 0) throw notWhole();
    first = Math.min(first, offset);
    last = Math.max(last, offset);
  }
  return last < 0 ? { start: 0, count: 0 } : { start: first, count: last - first + 1 };
}
