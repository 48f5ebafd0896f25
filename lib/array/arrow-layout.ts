/**
 * How the elements of an Arrow type lie in memory.
 *
 * @module
 */

import { CacheError } from "../errors.ts";
import type { ArrowType } from "./arrow.ts";

/** The numbers of types in Arrow's format. */
export const TypeId = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  binaryView: 23,
  utf8View: 24,
  dictionary: -1,
} as const;

/** How elements lie in memory, apart from which of them are null. */
export type ArrowLayout =
  | { readonly kind: "null" | "bool" | "view" | "struct" | "sparse" | "dense" | "dictionary" }
  /** `width`: bytes of an element. */
  | { readonly kind: "fixed"; readonly width: number }
  /** `wide`: whether offsets have 64 bits. */
  | { readonly kind: "variable" | "list"; readonly wide: boolean }
  /** `size`: elements of a list. */
  | { readonly kind: "fixedList"; readonly size: number };

const INTERVAL_BYTES = [4, 8, 16];
const VIEW = { kind: "view" } as const;

/** The layout of a type. @throws CacheError `ERR_UNSUPPORTED_VALUE` for a type that is not known. */
export function layoutOf(type: ArrowType): ArrowLayout {
  switch (type.typeId) {
    case TypeId.null:
      return { kind: "null" };
    case TypeId.bool:
      return { kind: "bool" };
    case TypeId.int:
    case TypeId.time:
      return fixed(type, (type.bitWidth ?? Number.NaN) / 8);
    case TypeId.decimal:
      return fixed(type, (type.bitWidth ?? 128) / 8);
    case TypeId.float:
      return fixed(type, 2 ** ((type.precision ?? Number.NaN) + 1));
    case TypeId.date:
      return fixed(type, type.unit === 0 ? 4 : 8);
    case TypeId.timestamp:
    case TypeId.duration:
      return fixed(type, 8);
    case TypeId.interval:
      return fixed(type, INTERVAL_BYTES[type.unit ?? -1]);
    case TypeId.fixedSizeBinary:
      return fixed(type, type.byteWidth);
    case TypeId.binary:
    case TypeId.utf8:
      return { kind: "variable", wide: false };
    case TypeId.largeBinary:
    case TypeId.largeUtf8:
      return { kind: "variable", wide: true };
    case TypeId.binaryView:
    case TypeId.utf8View:
      return VIEW;
    case TypeId.list:
    case TypeId.map:
      return { kind: "list", wide: false };
    case TypeId.largeList:
      return { kind: "list", wide: true };
    case TypeId.fixedSizeList:
      return { kind: "fixedList", size: type.listSize ?? 0 };
    case TypeId.struct:
      return { kind: "struct" };
    case TypeId.union:
      return { kind: type.mode === 0 ? "sparse" : "dense" };
    case TypeId.dictionary:
      return { kind: "dictionary" };
    default:
      throw unknownType(type);
  }
}

/** Bytes of the integers that index a dictionary. */
export function indexWidth(type: ArrowType): number {
  const layout = type.indices && layoutOf(type.indices);
  if (layout?.kind === "fixed") return layout.width;
  throw unknownType(type);
}

function fixed(type: ArrowType, width: number | undefined): ArrowLayout {
  if (width !== undefined && Number.isSafeInteger(width) && width >= 0) {
    return { kind: "fixed", width };
  }
  throw unknownType(type);
}

function unknownType(type: ArrowType): CacheError {
  return new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    `the Arrow type ${String(type)} (number ${type.typeId}) is none that ndmemo knows`,
  );
}
