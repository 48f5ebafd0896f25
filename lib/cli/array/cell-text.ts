/**
 * A value of a column of Arrow as a short text.
 *
 * @module
 */

import type { ArrowType } from "../../array/arrow.ts";
import { TypeId } from "../../array/arrow-layout.ts";

/** A list, as the library gives it. */
interface Vector {
  readonly length: number;
  readonly type: ArrowType;
  get(row: number): unknown;
}

const LONGEST = 40;
const MOST_ITEMS = 3;
const DEEPEST = 3;

/** At most about forty characters; strings are in quotes, dates and timestamps as in ISO 8601. */
export function cellText(value: unknown, type: ArrowType): string {
  return short(textOf(value, type, 0));
}

function textOf(value: unknown, type: ArrowType, depth: number): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return JSON.stringify(short(value));
  if (typeof value === "number") return numberText(value, type);
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return dateText(value.getTime());
  if (type.typeId === TypeId.decimal) return decimalText(String(value), type.scale ?? 0);
  if (depth === DEEPEST) return "…";
  if (ArrayBuffer.isView(value)) {
    const items = value as unknown as ArrayLike<unknown>;
    return listText(items.length, (at) => String(items[at]));
  }
  if (isVector(value)) {
    return listText(value.length, (at) => textOf(value.get(at), value.type, depth + 1));
  }
  return String(value);
}

function listText(length: number, textAt: (index: number) => string): string {
  const texts = Array.from({ length: Math.min(length, MOST_ITEMS) }, (_, at) => textAt(at));
  return `[${[...texts, ...(length > MOST_ITEMS ? ["…"] : [])].join(", ")}]`;
}

/** Dates and timestamps are given as milliseconds since 1970. */
function numberText(value: number, { typeId, dictionary }: ArrowType): string {
  const held = dictionary?.typeId ?? typeId;
  if (held === TypeId.date || held === TypeId.timestamp) return dateText(value);
  if (Object.is(value, -0)) return "-0";
  const digits = String(value);
  return digits.length > 12 && !Number.isInteger(value)
    ? String(Number(value.toPrecision(8)))
    : digits;
}

function dateText(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return String(milliseconds);
  return date.toISOString().replace(/T00:00:00\.000Z$|\.000(?=Z$)/, "");
}

/** Digits of a whole number, with the point where the scale puts it. */
function decimalText(digits: string, scale: number): string {
  const [, sign = "", whole = ""] = /^(-?)(\d+)$/.exec(digits) ?? [];
  if (whole === "" || scale <= 0) return digits;
  const padded = whole.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

function isVector(value: object): value is Vector {
  const { length, get, type } = value as Partial<Vector>;
  return typeof length === "number" && typeof get === "function" && typeof type === "object";
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
