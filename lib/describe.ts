/**
 * A value as one line of bounded text: for messages, metadata and the log.
 *
 * @module
 */

import { inspect, types } from "node:util";

const MAX_LENGTH = 200;
const FIRST_ELEMENTS = 3;
const MOST_PROPERTIES = 1000;

/**
 * Describes a value in at most 200 characters, such as
 * `Float64Array(1000000) [ 0.1, 0.2, 0.3, … ]` or `ndarray float64 (1000, 1000) row-major`.
 *
 * Never throws, and runs no inspection hook, no proxy trap and no getter but `Symbol.toStringTag`.
 * Of an array, a collection or a string only the beginning is read, and an object of many properties
 * is told by their number.
 */
export function describe(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  let text: string;
  try {
    const known = arrayText(value);
    if (known !== undefined) return known.slice(0, MAX_LENGTH);
    if (isWide(value)) return `[object of ${Object.keys(value).length} properties]`;
    text = inspect(value, {
      depth: 1,
      breakLength: Number.POSITIVE_INFINITY,
      compact: true,
      customInspect: false,
      maxArrayLength: FIRST_ELEMENTS,
      maxStringLength: MAX_LENGTH,
    });
  } catch (error) {
    text = `[${typeof value} that cannot be shown: ${error instanceof Error ? error.name : "error"}]`;
  }
  text = text.replace(/\.\.\. \d+ more items?/g, "…").replace(/\s*\n\s*/g, " ");
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 2)} …` : text;
}

function isWide(value: unknown): value is object {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return Object.keys(value).length > MOST_PROPERTIES;
}

/** An ndarray or a table in short, by the fields that its package gives it; undefined for the rest. */
function arrayText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype || types.isProxy(prototype)) {
    return undefined;
  }
  return (
    stdlibText(value) ??
    scijsText(value, prototype) ??
    tableText(value) ??
    batchText(value) ??
    vectorText(value)
  );
}

function stdlibText(value: object): string | undefined {
  const [dtype, order] = [dataOf(value, "_dtype"), dataOf(value, "_order")];
  const shape = shapeText(dataOf(value, "_shape"));
  if (shape === undefined || typeof dtype !== "string" || typeof order !== "string")
    return undefined;
  return `ndarray ${dtype} ${shape} ${order}`;
}

function scijsText(value: object, prototype: object): string | undefined {
  const [shape, strides] = [dataOf(value, "shape"), dataOf(value, "stride")];
  const [dtype, text] = [dataOf(prototype, "dtype"), shapeText(shape)];
  const isKnown = text !== undefined && typeof dtype === "string" && shapeText(strides);
  if (!isKnown) return undefined;
  const ofAxes = strides as readonly number[];
  const order = ofAxes.at(-1) === 1 ? " row-major" : ofAxes[0] === 1 ? " column-major" : "";
  return `ndarray ${dtype} ${text}${order}`;
}

function tableText(value: object): string | undefined {
  const [schema, batches] = [dataOf(value, "schema"), dataOf(value, "batches")];
  const fields = dataOf(schema, "fields");
  if (!isArray(fields) || !isArray(batches)) return undefined;
  const lengths = batches.map((batch) => dataOf(dataOf(batch, "data"), "length"));
  if (!lengths.every((length) => typeof length === "number")) return undefined;
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  return `Table ${rowsText(rows)} x ${columnsText(fields.length)}`;
}

function batchText(value: object): string | undefined {
  const [schema, data] = [dataOf(value, "schema"), dataOf(value, "data")];
  const [fields, rows] = [dataOf(schema, "fields"), dataOf(data, "length")];
  if (!isArray(fields) || typeof rows !== "number") return undefined;
  return `RecordBatch ${rowsText(rows)} x ${columnsText(fields.length)}`;
}

function vectorText(value: object): string | undefined {
  const [data, type, rows] = [
    dataOf(value, "data"),
    dataOf(value, "type"),
    dataOf(value, "length"),
  ];
  const isVector =
    isArray(data) &&
    typeof rows === "number" &&
    typeof dataOf(value, "numChildren") === "number" &&
    typeof type === "object";
  return isVector ? `Vector ${rowsText(rows)}` : undefined;
}

function rowsText(rows: number): string {
  return `${rows} ${rows === 1 ? "row" : "rows"}`;
}

function columnsText(columns: number): string {
  return `${columns} ${columns === 1 ? "column" : "columns"}`;
}

function shapeText(shape: unknown): string | undefined {
  const isShape = isArray(shape) && shape.every((extent) => typeof extent === "number");
  return isShape ? `(${shape.join(", ")})` : undefined;
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && !types.isProxy(value);
}

function dataOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
