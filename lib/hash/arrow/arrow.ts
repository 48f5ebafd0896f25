/**
 * Arrow's objects in canonical bytes: the class, the schema, and the digest of each column's content.
 *
 * @module
 */

import {
  type ArrowData,
  type ArrowRecordBatch,
  type ArrowSchema,
  type ArrowTable,
  type ArrowType,
  type ArrowVector,
  arrowClass,
  columnsOf,
  isOwnField,
} from "../../array/arrow.ts";
import { validityOf } from "../../array/arrow-validity.ts";
import { CacheError } from "../../errors.ts";
import { meetArrow } from "../../type/arrow-package.ts";
import { writeExtras } from "../property.ts";
import { Tag } from "../tag.ts";
import type { Walk } from "../walk.ts";
import { BrokenArrow } from "./column.ts";
import { knownColumn } from "./known.ts";
import { columnOf } from "./nested.ts";
import { writeArrowMetadata, writeArrowSchema, writeArrowType } from "./schema.ts";

/**
 * Writes a table, record batch, vector or schema by its logical content, unless the object is none.
 *
 * Reads all of its values, in place; memory does not grow with them.
 *
 * @throws CacheError `ERR_UNHASHABLE` for one whose memory ends before its rows do.
 */
export function writeArrow(walk: Walk, value: object): boolean {
  const className = arrowClass(value);
  if (className === undefined) return false;
  meetArrow(value, className);
  const added = Object.keys(value).filter((name) => !isOwnField(className, name));
  writeExtras(walk, value, added);
  walk.sink.byte(Tag.arrow);
  walk.sink.text(className);
  try {
    if (className === "Schema") writeArrowSchema(walk.sink, value as ArrowSchema);
    else if (className === "Vector") writeVector(walk, value as ArrowVector);
    else if (className === "Table") writeTable(walk, value as ArrowTable);
    else writeBatches(walk, (value as ArrowRecordBatch).schema, [value as ArrowRecordBatch]);
  } catch (error) {
    const isRefused = error instanceof BrokenArrow || error instanceof CacheError;
    if (!isRefused) throw error;
    throw walk.refusal(value, `is not whole: ${error.message}`, "make it anew", error);
  }
  // However short, it is remembered: reading it again costs more than it looks.
  walk.sink.force();
  return true;
}

function writeVector(walk: Walk, { type, data, length }: ArrowVector): void {
  writeArrowType(walk.sink, type);
  walk.sink.uint64(length);
  walk.sink.raw(digestOf(type, data));
}

function writeTable(walk: Walk, { schema, batches }: ArrowTable): void {
  writeBatches(walk, schema, batches);
}

/** Metadata of a batch belongs to its rows, so it counts with the place of those. */
function writeBatches(walk: Walk, schema: ArrowSchema, batches: readonly ArrowRecordBatch[]): void {
  const { sink } = walk;
  writeArrowSchema(sink, schema);
  const described = batches.filter(({ metadata }) => (metadata?.size ?? 0) > 0);
  sink.uint64(described.length);
  let rows = 0;
  for (const { data, metadata } of batches) {
    if ((metadata?.size ?? 0) > 0) {
      sink.uint64(rows);
      sink.uint64(data.length);
      writeArrowMetadata(sink, metadata);
    }
    rows += data.length;
  }
  sink.uint64(rows);
  for (const [i, { type }] of schema.fields.entries()) sink.raw(digestColumn(type, batches, i));
}

function digestColumn(
  type: ArrowType,
  batches: readonly ArrowRecordBatch[],
  index: number,
): Buffer {
  const pieces = batches.map((batch) => {
    const { data } = batch;
    const piece = columnsOf(batch)[index];
    if (piece === undefined || piece.length !== data.length || validityOf(data)) {
      throw new BrokenArrow(type, `is no column of ${data.length} rows`);
    }
    return piece;
  });
  return digestOf(type, pieces);
}

/** The digest of what the pieces of a column say. */
function digestOf(type: ArrowType, pieces: readonly ArrowData[]): Buffer {
  return knownColumn(type, pieces, () => {
    const column = columnOf(type);
    for (const piece of pieces) column.add(piece, 0, piece.length);
    return column.raw();
  });
}
