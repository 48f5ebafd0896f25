/**
 * Types, fields and schemas as objects of `apache-arrow`.
 *
 * @module
 */

import type { ArrowField, ArrowSchema, ArrowType } from "../../array/arrow.ts";
import { TypeId } from "../../array/arrow-layout.ts";
import { CacheError } from "../../errors.ts";
import type { ArrowLibrary } from "../../type/arrow-package.ts";

const UNITS = ["Second", "Millisecond", "Microsecond", "Nanosecond"];
const DATES = ["DateDay", "DateMillisecond"];
const INTERVALS = ["IntervalYearMonth", "IntervalDayTime", "IntervalMonthDayNano"];
const UNIONS = ["SparseUnion", "DenseUnion"];
const FLOATS = ["Float16", "Float32", "Float64"];

/** The types of values, by the number of their dictionary: columns that share one share it. */
type DictionaryTypes = Map<number | undefined, ArrowType>;

/** A schema of the library's classes. */
export function librarySchema(library: ArrowLibrary, schema: ArrowSchema): ArrowSchema {
  const known: DictionaryTypes = new Map();
  const fields = schema.fields.map((field) => libraryField(library, known, field));
  return new library.Schema(fields, schema.metadata);
}

function libraryField(
  library: ArrowLibrary,
  known: DictionaryTypes,
  { name, type, nullable, metadata }: ArrowField,
): ArrowField {
  return new library.Field(name, libraryType(library, known, type), nullable, metadata);
}

function libraryType(library: ArrowLibrary, known: DictionaryTypes, type: ArrowType): ArrowType {
  const make = (name: string, ...parameters: readonly unknown[]): ArrowType => {
    const Class = (library as unknown as Record<string, unknown>)[name];
    if (typeof Class === "function") return Reflect.construct(Class, parameters) as ArrowType;
    throw new CacheError(
      "ERR_UNSUPPORTED_VALUE",
      `the release of apache-arrow that is installed has no type ${name}`,
    );
  };
  const children = (): ArrowField[] =>
    (type.children ?? []).map((child) => libraryField(library, known, child));
  const { typeId, bitWidth = 0, unit = 0 } = type;
  switch (typeId) {
    case TypeId.null:
      return make("Null");
    case TypeId.int: {
      const name = `${type.isSigned ? "Int" : "Uint"}${bitWidth}`;
      return name in library ? make(name) : make("Int", type.isSigned, bitWidth);
    }
    case TypeId.float:
      return make(FLOATS[type.precision ?? 2] ?? "Float");
    case TypeId.binary:
      return make("Binary");
    case TypeId.utf8:
      return make("Utf8");
    case TypeId.bool:
      return make("Bool");
    case TypeId.decimal:
      return make("Decimal", type.scale, type.precision, bitWidth);
    case TypeId.date:
      return make(DATES[unit] ?? "Date_");
    case TypeId.time:
      return make("Time", unit, bitWidth);
    case TypeId.timestamp:
      return make(`Timestamp${UNITS[unit] ?? ""}`, type.timezone);
    case TypeId.interval:
      return make(INTERVALS[unit] ?? "Interval");
    case TypeId.duration:
      return make(`Duration${UNITS[unit] ?? ""}`);
    case TypeId.list:
      return make("List", ...children());
    case TypeId.largeList:
      return make("LargeList", ...children());
    case TypeId.struct:
      return make("Struct", children());
    case TypeId.union:
      return make(UNIONS[type.mode ?? 0] ?? "Union", type.typeIds, children());
    case TypeId.fixedSizeBinary:
      return make("FixedSizeBinary", type.byteWidth);
    case TypeId.fixedSizeList:
      return make("FixedSizeList", type.listSize, ...children());
    case TypeId.map:
      return make("Map_", ...children(), type.keysSorted);
    case TypeId.largeBinary:
      return make("LargeBinary");
    case TypeId.largeUtf8:
      return make("LargeUtf8");
    case TypeId.binaryView:
      return make("BinaryView");
    case TypeId.utf8View:
      return make("Utf8View");
    default: {
      const { indices, dictionary, id, isOrdered } = type;
      if (indices === undefined || dictionary === undefined) return make(`type ${typeId}`);
      const held = known.get(id) ?? libraryType(library, known, dictionary);
      known.set(id, held);
      return make("Dictionary", held, libraryType(library, known, indices), id, isOrdered);
    }
  }
}
