/**
 * Arrow's tables, record batches, vectors and schemas: what they are made of, and what tells them.
 *
 * Nothing here comes from `apache-arrow`: a program may hold several copies of it (two versions, or
 * its ES module and its CommonJS one), and none is loaded before it is needed. So objects are told by
 * what their prototypes have, and described by the fields that all releases share.
 *
 * @module
 */

import { types } from "node:util";
import type { TypedArray } from "./dtype.ts";

/** The classes of Arrow that are stored and hashed. */
export type ArrowClass = "Table" | "RecordBatch" | "Vector" | "Schema";

/** An element type. Which of the optional fields there are depends on `typeId`. */
export interface ArrowType {
  /** The number of the type in Arrow's format; -1 for a dictionary. */
  readonly typeId: number;
  readonly children?: readonly ArrowField[] | null;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly unit?: number;
  readonly timezone?: string | null;
  readonly mode?: number;
  readonly typeIds?: ArrayLike<number>;
  readonly byteWidth?: number;
  readonly listSize?: number;
  readonly keysSorted?: boolean;
  readonly id?: number;
  readonly isOrdered?: boolean;
  /** The integers that a dictionary is indexed by. */
  readonly indices?: ArrowType;
  /** The type of a dictionary's values. */
  readonly dictionary?: ArrowType;
}

/** A column of a schema, or a child of a nested type. */
export interface ArrowField {
  readonly name: string;
  readonly type: ArrowType;
  readonly nullable: boolean;
  readonly metadata: ReadonlyMap<string, string>;
}

/** A schema. */
export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * A piece of a column. `offset` counts bits of `nullBitmap` and of the `values` of booleans; all else
 * begins with the first row.
 */
export interface ArrowData {
  readonly type: ArrowType;
  readonly length: number;
  readonly offset: number;
  readonly nullCount: number;
  readonly values?: TypedArray;
  readonly valueOffsets?: Int32Array | BigInt64Array;
  readonly nullBitmap?: Uint8Array;
  readonly typeIds?: Int8Array;
  readonly children: readonly ArrowData[];
  readonly dictionary?: ArrowVector;
  readonly variadicBuffers?: readonly Uint8Array[];
}

/** A column, or any other sequence of values. */
export interface ArrowVector {
  readonly type: ArrowType;
  readonly length: number;
  readonly data: readonly ArrowData[];
}

/** Columns of one length. */
export interface ArrowRecordBatch {
  readonly schema: ArrowSchema;
  /** The columns as children of a struct. */
  readonly data: ArrowData;
  readonly metadata?: ReadonlyMap<string, string>;
}

/** Record batches of one schema. */
export interface ArrowTable {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowRecordBatch[];
}

/** The enumerable fields that instances have in any release, caches among them. */
const fields: Record<ArrowClass, ReadonlySet<string>> = {
  Table: new Set(["schema", "batches", "_offsets", "_nullCount"]),
  RecordBatch: new Set(["schema", "data", "_metadata", "_dictionaries", "_nullCount"]),
  Vector: new Set([
    ...["data", "type", "stride", "numChildren", "length", "_offsets"],
    // Vectors of one chunk have these of their own.
    ...["isValid", "get", "set", "indexOf"],
  ]),
  Schema: new Set(["fields", "metadata", "dictionaries", "metadataVersion"]),
};

/** What the prototype of a class has of its own in releases without its symbol. */
const members: Record<ArrowClass, readonly string[]> = {
  Table: ["batches", "schema", "_offsets", "getChildAt", "selectAt"],
  RecordBatch: ["_nullCount", "getChildAt", "selectAt", "setChildAt"],
  Vector: ["type", "data", "_offsets", "getChildAt", "toJSON", "memoize"],
  Schema: ["fields", "metadata", "dictionaries", "selectAt", "assign"],
};

const classes = Object.keys(fields) as readonly ArrowClass[];
const told = new WeakMap<object, ArrowClass>();

/**
 * Which class of Arrow a value is a direct instance of; undefined for everything else.
 *
 * Everything else includes instances of subclasses and vectors that memoize, which would come back
 * as something else.
 */
export function arrowClass(value: unknown): ArrowClass | undefined {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== "object" || prototype === null || prototype === Object.prototype) {
    return undefined;
  }
  let found = told.get(prototype);
  if (found === undefined) {
    found = classOfPrototype(prototype);
    if (found !== undefined) told.set(prototype, found);
  }
  return found && !Object.hasOwn(value, "isMemoized") ? found : undefined;
}

/**
 * The columns of a record batch. The library gives a table that was made of vectors without rows these
 * vectors themselves, where there should be a piece of each.
 */
export function columnsOf({ data }: ArrowRecordBatch): readonly ArrowData[] {
  return data.children.map((child: ArrowData | ArrowVector) => {
    const [piece] = "data" in child && child.length === 0 ? child.data : [];
    return piece ?? (child as ArrowData);
  });
}

/** Whether an object of this class has a field that is the class's own, not something added to it. */
export function isOwnField(className: ArrowClass, name: string): boolean {
  return fields[className].has(name);
}

function classOfPrototype(prototype: object): ArrowClass | undefined {
  if (types.isProxy(prototype)) return undefined;
  for (const name of classes) {
    if (isMadeBy(name, prototype)) return name;
  }
  // Vectors of several chunks have a prototype for their type between.
  const next: unknown = Object.getPrototypeOf(prototype);
  const isBetween = !Object.hasOwn(prototype, "constructor") && Object.hasOwn(prototype, "isValid");
  return isBetween && next !== null && isMadeBy("Vector", next as object) ? "Vector" : undefined;
}

function isMadeBy(name: ArrowClass, prototype: object): boolean {
  if (types.isProxy(prototype) || Object.getPrototypeOf(prototype) !== Object.prototype) {
    return false;
  }
  const symbol = Object.getOwnPropertyDescriptor(prototype, Symbol.for(`apache-arrow/${name}`));
  return symbol?.value === true || members[name].every((key) => Object.hasOwn(prototype, key));
}
