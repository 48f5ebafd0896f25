/**
 * A value as one line of bounded text: for messages, metadata and the log.
 *
 * @module
 */

import { inspect } from "node:util";

const MAX_LENGTH = 200;
const FIRST_ELEMENTS = 3;

/**
 * Describes a value in at most 200 characters, such as
 * `Float64Array(1000000) [ 0.1, 0.2, 0.3, … ]`.
 *
 * Never throws and runs no getter, no proxy trap and no inspection hook of the value. The cost does
 * not grow with the value: only the first elements of an array are read.
 */
export function describe(value: unknown): string {
  let text: string;
  try {
    text = inspect(value, {
      depth: 2,
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
