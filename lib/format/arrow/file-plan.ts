/**
 * A table as an Arrow IPC file: planned at once, written piece by piece from the table's own memory.
 *
 * Every buffer begins at a multiple of 64 bytes, so that a map of the file is a table. Record batches
 * of tables and vectors end before a buffer reaches 2 GiB, which some readers cannot count.
 *
 * Format: https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
 *
 * @module
 */

import {
  type ArrowClass,
  type ArrowData,
  type ArrowRecordBatch,
  type ArrowSchema,
  type ArrowTable,
  type ArrowVector,
  columnsOf,
} from "../../array/arrow.ts";
import { validityOf } from "../../array/arrow-validity.ts";
import type { Packed } from "../../array/bytes.ts";
import { assemble, batchPart, type Part } from "./assembly.ts";
import { addColumn, newBody } from "./body.ts";
import { notWhole, type Run } from "./buffer.ts";
import { type DictionaryPool, type Slot, SlotTree } from "./dictionary.ts";
import { ALIGNMENT } from "./message.ts";
import { splitRows } from "./split.ts";

/** How a table is written. */
export interface ArrowPlanOptions {
  /** Compresses each buffer with zstd of this level. Such a file cannot be mapped as a table. */
  readonly compression?: { readonly level: number } | undefined;
}

/** A file that is to be written. */
export interface ArrowPlan extends Packed {
  /** How many rows and columns it has. */
  readonly rows: number;
  readonly columns: number;
}

interface Batch {
  readonly columns: readonly ArrowData[];
  readonly rows: number;
  readonly metadata: ReadonlyMap<string, string> | undefined;
}

/** The largest buffer of a batch that may be split. */
const LARGEST_BUFFER = 2 ** 31 - ALIGNMENT;
/** The same where buffers are compressed, each of them in memory. */
const LARGEST_COMPRESSED_BUFFER = 2 ** 24;

/**
 * Plans the file of a table, record batch, vector (a column without a name) or schema. Copies nothing;
 * the table must not be changed until it is written.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` for what the format cannot express.
 */
export function planArrow(
  value: object,
  className: ArrowClass,
  { compression }: ArrowPlanOptions = {},
): ArrowPlan {
  const { schema, batches } = partsOf(value, className);
  const tree = new SlotTree(schema.fields.map(({ type }) => type));
  for (const { columns } of batches) {
    for (const [i, slot] of tree.slots.entries()) tree.collect(slot, columns[i] as ArrowData);
  }
  const largest = compression ? LARGEST_COMPRESSED_BUFFER : LARGEST_BUFFER;
  // A record batch has to come back as one.
  const limit = className === "RecordBatch" ? Number.POSITIVE_INFINITY : largest;
  const idOf = tree.idOf.bind(tree);

  function* parts(): Generator<Part> {
    for (const pool of batches.length > 0 ? tree.pools : []) {
      const runs = pool.runs;
      const rows = runs.reduce((sum, { count }) => sum + count, 0);
      yield partOf([pool.values], [runs], rows, undefined, pool, compression);
    }
    for (const { columns, rows, metadata } of batches) {
      for (const [start, count] of splitRows(tree.slots, columns, rows, limit)) {
        const runs = columns.map((data): Run[] => [{ data, start, count }]);
        yield partOf(tree.slots, runs, count, metadata, undefined, compression);
      }
    }
  }

  return {
    rows: batches.reduce((sum, { rows }) => sum + rows, 0),
    columns: schema.fields.length,
    ...assemble(schema, idOf, parts),
  };
}

function partsOf(
  value: object,
  className: ArrowClass,
): { readonly schema: ArrowSchema; readonly batches: readonly Batch[] } {
  if (className === "Schema") return { schema: value as ArrowSchema, batches: [] };
  if (className === "Vector") {
    const { type, data } = value as ArrowVector;
    const schema = {
      fields: [{ name: "", type, nullable: true, metadata: new Map<string, string>() }],
      metadata: new Map<string, string>(),
    };
    const batches = data.map((piece) => ({
      ...{ columns: [piece], rows: piece.length, metadata: undefined },
    }));
    return { schema, batches };
  }
  const all = className === "Table" ? (value as ArrowTable).batches : [value as ArrowRecordBatch];
  const batches = all.map((batch) => {
    const { data, metadata } = batch;
    const columns = columnsOf(batch);
    if (validityOf(data) || columns.some(({ length }) => length !== data.length)) throw notWhole();
    return { columns, rows: data.length, metadata };
  });
  return { schema: (value as ArrowTable | ArrowRecordBatch).schema, batches };
}

function partOf(
  slots: readonly Slot[],
  runs: readonly (readonly Run[])[],
  rows: number,
  metadata: Batch["metadata"],
  pool: DictionaryPool | undefined,
  compression: ArrowPlanOptions["compression"],
): Part {
  const plain = newBody();
  for (const [i, slot] of slots.entries()) addColumn(plain, slot, runs[i] ?? []);
  const { nodes, buffers, variadicCounts } = plain;
  return batchPart({ rows, nodes, buffers, variadicCounts, metadata, id: pool?.id }, compression);
}
