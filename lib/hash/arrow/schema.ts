/**
 * Arrow's schemas and types in canonical bytes: names, types, nullability and metadata.
 *
 * Left out is what says nothing of the data: the numbers that dictionaries go by, the version of the
 * format that a schema was read from, the order of metadata.
 *
 * @module
 */

import type { ArrowField, ArrowSchema, ArrowType } from "../../array/arrow.ts";
import { TypeId } from "../../array/arrow-layout.ts";
import type { Sink } from "../sink.ts";

/** What receives a schema or a type. */
export type SchemaSink = Pick<Sink, "byte" | "float64" | "text" | "uint64">;

/** Writes a schema: its metadata, then its fields. */
export function writeArrowSchema(sink: SchemaSink, { fields, metadata }: ArrowSchema): void {
  writeArrowMetadata(sink, metadata);
  writeFields(sink, fields);
}

/** Writes metadata: the number of keys, then keys and values, sorted by key. */
export function writeArrowMetadata(
  sink: SchemaSink,
  metadata: ReadonlyMap<string, string> | undefined,
): void {
  const entries = [...(metadata ?? [])].map(([key, value]) => [`${key}`, `${value}`] as const);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  sink.uint64(entries.length);
  for (const [key, value] of entries) {
    sink.text(key);
    sink.text(value);
  }
}

/** Writes a type: its number, its parameters, its children. */
export function writeArrowType(sink: SchemaSink, type: ArrowType): void {
  sink.float64(type.typeId);
  for (const parameter of parametersOf(type)) sink.float64(parameter);
  if (type.typeId === TypeId.timestamp) sink.text(type.timezone || "");
  if (type.typeId === TypeId.dictionary) {
    // Its children are those of the values.
    if (type.indices) writeArrowType(sink, type.indices);
    if (type.dictionary) writeArrowType(sink, type.dictionary);
  } else {
    writeFields(sink, type.children ?? []);
  }
}

function writeFields(sink: SchemaSink, fields: readonly ArrowField[]): void {
  sink.uint64(fields.length);
  for (const { name, nullable, metadata, type } of fields) {
    sink.text(name ?? "");
    sink.byte(nullable ? 1 : 0);
    writeArrowMetadata(sink, metadata);
    writeArrowType(sink, type);
  }
}

function parametersOf(type: ArrowType): readonly number[] {
  const { bitWidth = 0, precision = 0, scale = 0, unit = 0 } = type;
  switch (type.typeId) {
    case TypeId.int:
      return [bitWidth, type.isSigned ? 1 : 0];
    case TypeId.float:
      return [precision];
    case TypeId.decimal:
      return [precision, scale, bitWidth || 128];
    case TypeId.time:
      return [unit, bitWidth];
    case TypeId.date:
    case TypeId.timestamp:
    case TypeId.interval:
    case TypeId.duration:
      return [unit];
    case TypeId.fixedSizeBinary:
      return [type.byteWidth ?? 0];
    case TypeId.fixedSizeList:
      return [type.listSize ?? 0];
    case TypeId.map:
      return [type.keysSorted ? 1 : 0];
    case TypeId.union: {
      const ids = Array.from(type.typeIds ?? []);
      return [type.mode ?? 0, ids.length, ...ids];
    }
    case TypeId.dictionary:
      return [type.isOrdered ? 1 : 0];
    default:
      return [];
  }
}
