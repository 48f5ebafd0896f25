/**
 * What V8 clones an object as.
 *
 * @module
 */

import { types } from "node:util";

/** The class that V8 clones an object as, whatever its prototype says. */
export function kindOf(value: object): string {
  if (Array.isArray(value)) return "Array";
  if (types.isMap(value)) return "Map";
  if (types.isSet(value)) return "Set";
  if (types.isDate(value)) return "Date";
  if (types.isRegExp(value)) return "RegExp";
  if (types.isNativeError(value)) return "Error";
  if (types.isArgumentsObject(value)) return "arguments";
  if (!types.isBoxedPrimitive(value)) return "Object";
  if (types.isNumberObject(value)) return "Number";
  if (types.isStringObject(value)) return "String";
  return types.isBooleanObject(value) ? "Boolean" : "BigInt";
}
