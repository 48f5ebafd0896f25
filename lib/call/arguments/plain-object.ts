/**
 * Objects that are records of properties and nothing else.
 *
 * @module
 */

import { types } from "node:util";

/** Whether a value is an object literal, or has no prototype. Runs no trap of a proxy. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
