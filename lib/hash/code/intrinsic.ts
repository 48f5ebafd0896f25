/**
 * Functions of the language itself by their global name, such as `Math.max`: they have no source.
 *
 * @module
 */

import { isNativeCode } from "../../code/syntax/source.ts";

// In this order: a function with two names, such as parseInt and Number.parseInt, gets the first.
const GLOBALS = [
  ...["parseFloat", "parseInt", "isFinite", "isNaN"],
  ...["decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "unescape"],
  ...["Object", "Function", "Array", "Number", "Boolean", "String", "Symbol", "BigInt"],
  ...["Math", "JSON", "Reflect", "Atomics", "Date", "RegExp", "Promise", "Proxy"],
  ...["Map", "Set", "WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry", "Iterator"],
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError"],
  ...["URIError", "AggregateError", "ArrayBuffer", "SharedArrayBuffer", "DataView"],
  ...["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array"],
  ...["Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array"],
  ...["Float16Array", "Float32Array", "Float64Array"],
];

let names: Map<unknown, string> | undefined;

/** The global name of a built-in function of this realm; undefined for any other function. */
export function intrinsicName(fn: object): string | undefined {
  names ??= listIntrinsics();
  return names.get(fn);
}

function listIntrinsics(): Map<unknown, string> {
  const found = new Map<unknown, string>();
  const add = (value: unknown, name: string, path: string): void => {
    // Under its own name alone: an alias, or a patch of the user's, is not what the path says.
    if (typeof value !== "function" || value.name !== name || !isNativeCode(value)) return;
    if (!found.has(value)) found.set(value, path);
  };
  const addMembers = (value: unknown, path: string): void => {
    if ((typeof value !== "object" || value === null) && typeof value !== "function") return;
    for (const [key, { value: member, get }] of members(value)) {
      add(member, key, `${path}.${key}`);
      add(get, `get ${key}`, `get ${path}.${key}`);
    }
  };

  for (const name of GLOBALS) {
    const value: unknown = Reflect.get(globalThis, name);
    add(value, name, name);
    addMembers(value, name);
    if (typeof value === "function") addMembers(value.prototype, `${name}.prototype`);
  }
  const typedArray = Object.getPrototypeOf(Uint8Array);
  addMembers(typedArray, "TypedArray");
  addMembers(typedArray.prototype, "TypedArray.prototype");
  return found;
}

function members(value: object): [key: string, descriptor: PropertyDescriptor][] {
  return Reflect.ownKeys(value)
    .map((key): [string, PropertyDescriptor] => [
      typeof key === "symbol" ? `[${key.description}]` : key,
      Reflect.getOwnPropertyDescriptor(value, key) ?? {},
    ])
    .filter(([key]) => key !== "constructor");
}
