/**
 * Schemas as flatbuffers, and back.
 *
 * The tables and their slots: https://github.com/apache/arrow/blob/main/format/Schema.fbs
 *
 * @module
 */

import type { ArrowField, ArrowSchema, ArrowType } from "../../array/arrow.ts";
import { layoutOf, TypeId } from "../../array/arrow-layout.ts";
import { CacheError } from "../../errors.ts";
import type { FlatTable } from "./flat-reader.ts";
import {
  type FlatField,
  type FlatNode,
  numbers,
  reference,
  scalar,
  table,
  text,
  vector,
} from "./flat-writer.ts";

const DEEPEST = 64;
const ONE_CHILD: ReadonlySet<number> = new Set([
  ...[TypeId.list, TypeId.largeList, TypeId.fixedSizeList, TypeId.map],
]);

/** A schema as a node. */
export function schemaNode({ fields, metadata }: ArrowSchema, idOf: DictionaryIds): FlatNode {
  return table([
    ...reference(1, vector(fields.map((field) => fieldNode(field, idOf)))),
    ...metadataField(2, metadata),
  ]);
}

/** The number that a dictionary goes by in the file. */
export type DictionaryIds = (type: ArrowType) => number;

/** The field of a table for metadata, where there is some. */
export function metadataField(
  slot: number,
  metadata: ReadonlyMap<string, string> | undefined,
): readonly FlatField[] {
  if (metadata === undefined || metadata.size === 0) return [];
  const pairs = [...metadata].map(([key, value]) =>
    table([...reference(0, text(`${key}`)), ...reference(1, text(`${value}`))]),
  );
  return reference(slot, vector(pairs));
}

/** The metadata of a table. */
export function readMetadata(flat: FlatTable, slot: number): Map<string, string> {
  return new Map(flat.tables(slot).map((pair) => [pair.text(0) ?? "", pair.text(1) ?? ""]));
}

/** The schema of a node. @throws CacheError `ERR_CORRUPT_ENTRY`, `ERR_UNSUPPORTED_VALUE` */
export function readSchema(flat: FlatTable): ArrowSchema {
  if (flat.number(0, 2) !== 0) {
    throw new CacheError("ERR_UNSUPPORTED_VALUE", "the Arrow file has the other byte order");
  }
  const fields = flat.tables(1).map((field) => readField(field, 0));
  return { fields, metadata: readMetadata(flat, 2) };
}

function fieldNode({ name, type, nullable, metadata }: ArrowField, idOf: DictionaryIds): FlatNode {
  // A dictionary has the type and the children of its values.
  const held = type.typeId === TypeId.dictionary ? (type.dictionary as ArrowType) : type;
  const children = (held.children ?? []).map((child) => fieldNode(child, idOf));
  const dictionary =
    held === type || type.indices === undefined
      ? undefined
      : table([
          scalar(0, 8, idOf(type)),
          ...reference(1, typeNode(type.indices)),
          scalar(2, 1, type.isOrdered ? 1 : 0),
        ]);
  return table([
    ...reference(0, text(name ?? "")),
    scalar(1, 1, nullable ? 1 : 0),
    scalar(2, 1, held.typeId),
    ...reference(3, typeNode(held)),
    ...reference(4, dictionary),
    ...reference(5, vector(children)),
    ...metadataField(6, metadata),
  ]);
}

function typeNode(type: ArrowType): FlatNode {
  const { bitWidth = 0, precision = 0, scale = 0, unit = 0 } = type;
  switch (type.typeId) {
    case TypeId.int:
      return table([scalar(0, 4, bitWidth), scalar(1, 1, type.isSigned ? 1 : 0)]);
    case TypeId.float:
      return table([scalar(0, 2, precision)]);
    case TypeId.decimal:
      return table([scalar(0, 4, precision), scalar(1, 4, scale), scalar(2, 4, bitWidth || 128)]);
    case TypeId.time:
      return table([scalar(0, 2, unit), scalar(1, 4, bitWidth)]);
    case TypeId.timestamp:
      return table([
        scalar(0, 2, unit),
        ...reference(1, type.timezone ? text(type.timezone) : undefined),
      ]);
    case TypeId.date:
    case TypeId.interval:
    case TypeId.duration:
      return table([scalar(0, 2, unit)]);
    case TypeId.fixedSizeBinary:
      return table([scalar(0, 4, type.byteWidth ?? 0)]);
    case TypeId.fixedSizeList:
      return table([scalar(0, 4, type.listSize ?? 0)]);
    case TypeId.map:
      return table([scalar(0, 1, type.keysSorted ? 1 : 0)]);
    case TypeId.union:
      return table([
        scalar(0, 2, type.mode ?? 0),
        ...reference(1, numbers(4, Array.from(type.typeIds ?? []))),
      ]);
    default:
      return table([]);
  }
}

function readField(flat: FlatTable, depth: number): ArrowField {
  if (depth > DEEPEST) {
    throw new CacheError("ERR_CORRUPT_ENTRY", `the Arrow schema is deeper than ${DEEPEST} levels`);
  }
  const children = flat.tables(5).map((child) => readField(child, depth + 1));
  const held = readType(flat, children);
  const encoding = flat.table(4);
  const type = encoding ? readDictionary(encoding, held) : held;
  return {
    ...{ name: flat.text(0) ?? "", nullable: flat.boolean(1), type },
    metadata: readMetadata(flat, 6),
  };
}

function readDictionary(encoding: FlatTable, dictionary: ArrowType): ArrowType {
  const index = encoding.table(1);
  const indices = {
    ...{ typeId: TypeId.int, bitWidth: index ? index.number(0, 4) : 32 },
    isSigned: index ? index.boolean(1) : true,
  };
  layoutOf(indices);
  return {
    ...{ typeId: TypeId.dictionary, id: encoding.number(0, 8), isOrdered: encoding.boolean(2) },
    ...{ indices, dictionary, children: dictionary.children ?? [] },
  };
}

function readType(flat: FlatTable, children: readonly ArrowField[]): ArrowType {
  const typeId = flat.number(2, 1);
  const of = flat.table(3);
  const int = (slot: number, missing?: number): number => of?.number(slot, 4, missing) ?? 0;
  const short = (slot: number, missing?: number): number =>
    of?.number(slot, 2, missing) ?? missing ?? 0;
  const type = { typeId, children, ...parameters() };
  layoutOf(type);
  checkChildren(type);
  return type;

  function parameters(): Partial<ArrowType> {
    switch (typeId) {
      case TypeId.int:
        return { bitWidth: int(0), isSigned: of?.boolean(1) ?? false };
      case TypeId.float:
        return { precision: short(0) };
      case TypeId.decimal:
        return { precision: int(0), scale: int(1), bitWidth: int(2, 128) };
      case TypeId.date:
      case TypeId.duration:
        return { unit: short(0, 1) };
      case TypeId.time:
        return { unit: short(0, 1), bitWidth: int(1, 32) };
      case TypeId.timestamp:
        return { unit: short(0), timezone: of?.text(1) ?? null };
      case TypeId.interval:
        return { unit: short(0) };
      case TypeId.fixedSizeBinary:
        return { byteWidth: int(0) };
      case TypeId.fixedSizeList:
        return { listSize: int(0) };
      case TypeId.map:
        return { keysSorted: of?.boolean(0) ?? false };
      case TypeId.union: {
        const ids = of?.numbers(1, 4) ?? [];
        return { mode: short(0), typeIds: ids.length > 0 ? ids : children.map((_, i) => i) };
      }
      default:
        return {};
    }
  }
}

/** Looks whether a type has as many children as its kind has. */
function checkChildren({ typeId, children, listSize = 0 }: ArrowType): void {
  const count = children?.length ?? 0;
  const hasOne = ONE_CHILD.has(typeId);
  const hasAny = typeId === TypeId.struct || typeId === TypeId.union;
  const isMapped = typeId !== TypeId.map || children?.[0]?.type.children?.length === 2;
  if ((hasOne ? count === 1 : hasAny || count === 0) && listSize >= 0 && isMapped) return;
  throw new CacheError("ERR_CORRUPT_ENTRY", "the Arrow schema is damaged");
}
