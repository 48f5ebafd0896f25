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
 * `Float64Array(1000000) [ 0.1, 0.2, 0.3, … ]`.
 *
 * Never throws, and runs no inspection hook, no proxy trap and no getter but `Symbol.toStringTag`.
 * Of an array, a collection or a string only the beginning is read, and an object of many properties
 * is told by their number.
 */
export function describe(value: unknown): string {
  let text: string;
  try {
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
