/**
 * Why a part of a value cannot be stored, in words.
 *
 * @module
 */

import { types } from "node:util";
import { builtInClass } from "../array/built-in.ts";
import { isResizable } from "../array/dense.ts";
import { CacheError } from "../errors.ts";
import { registeredParent } from "../type/registry.ts";

/** The error for a part of a value that cannot be stored. */
export function unstorable(path: string, reason: string, cause?: unknown): CacheError {
  const details = cause === undefined ? { path } : { path, cause };
  return new CacheError("ERR_UNSUPPORTED_VALUE", `${path} cannot be stored: ${reason}`, details);
}

/** Of a function. */
export function whyNotFunction(value: object): string {
  const name = ownName(value);
  const what = name ? `the function ${name}` : "a function";
  return `${what}: return data, and make the function of it where it is called`;
}

const USED_UP = "which reading would use up: return its items in an array";
const IN_PROGRESS = "whose value is not known yet: wait for it before you return it";

/** Of an object that is no data but something that goes on; undefined for any other. */
function whyNotProcess(value: object): string | undefined {
  if (types.isGeneratorObject(value)) return `a generator, ${USED_UP}`;
  if (types.isPromise(value)) return `an instance of Promise, ${IN_PROGRESS}`;
  const has = (key: PropertyKey): boolean => typeof inheritedData(value, key) === "function";
  const isIterator = has("next") && (has(Symbol.iterator) || has(Symbol.asyncIterator));
  if (isIterator) return `an iterator, ${USED_UP}`;
  const isStream = has("getReader") || has("getWriter") || (has("pipe") && has("on"));
  return isStream
    ? `a stream (${className(value) ?? ""}), which is read once: return what it holds`
    : undefined;
}

/** A property of an object or of what it inherits from, if it is no accessor. Runs no code. */
function inheritedData(value: object, key: PropertyKey): unknown {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at)) return undefined;
    const property = Object.getOwnPropertyDescriptor(at, key);
    if (property) return property.value;
  }
  return undefined;
}

/** Of an object whose prototype is not that of a built-in class which V8 can clone. */
export function whyNotClass(value: object): string {
  if (types.isArgumentsObject(value)) return "an arguments object: return an array";
  if (Object.getPrototypeOf(value) === null) {
    return "an object without a prototype, which would come back with one: return a plain object";
  }
  const process = whyNotProcess(value);
  if (process !== undefined) return process;
  const name = className(value);
  if (name === undefined || name === "Object") {
    return "an object with a prototype of its own, which would be lost: return a plain object";
  }
  const instance = `an instance of ${name || "an anonymous class"}, which would come back without its class`;
  const parent = registeredParent(value);
  return parent === undefined
    ? `${instance}: return a plain object, or make the class known with registerType`
    : `${instance}: register it by itself, as ${JSON.stringify(parent)} is registered for a class ` +
        "that it extends, and only direct instances count";
}

/** Of an instance of a class whose name now stands for another copy of the class. */
export function whyNotCurrent(typeName: string): string {
  return (
    `an instance of a class that was registered as ${JSON.stringify(typeName)} before another copy ` +
    "of it was: it would come back as an instance of that one"
  );
}

/** Of a typed array, a view or a buffer that is no dense array. */
export function whyNotDense(value: NodeJS.ArrayBufferView | ArrayBufferLike): string {
  if (builtInClass(value) === undefined) return whyNotClass(value);
  return !ArrayBuffer.isView(value) && isResizable(value)
    ? "a resizable buffer, which would come back with a fixed length: return a slice() of it"
    : "an array that has lost its memory: its buffer was transferred, or has shrunk";
}

/** Of a property that is not a visible value under a string. */
export function whyNotProperty(key: PropertyKey, property: PropertyDescriptor): string {
  if (typeof key === "symbol") return "a property with a symbol as its key would be lost";
  if (!("value" in property)) return "a getter or setter would be replaced by its value";
  return "a property that is not enumerable would be lost";
}

/** Of a property of an error; undefined where it is one of the three that come back. */
export function whyNotInError(
  error: Error,
  key: PropertyKey,
  property: PropertyDescriptor,
): string | undefined {
  if (key === "stack") return whyNotStack(error, property);
  if (key !== "message" && key !== "cause") {
    return "of the properties of an error only message, stack and cause come back";
  }
  if (!("value" in property)) return whyNotProperty(key, property);
  if (property.enumerable) return `an error's enumerable ${key} would come back hidden`;
  return key === "message" && typeof property.value !== "string"
    ? "the message of an error would come back as a string"
    : undefined;
}

/** The stack is a value of V8's own, which newer versions show as an accessor. */
function whyNotStack(error: Error, property: PropertyDescriptor): string | undefined {
  if (
    property.get &&
    !/\{ \[native code\] \}$/.test(Function.prototype.toString.call(property.get))
  ) {
    return whyNotProperty("stack", property);
  }
  const stack: unknown = error.stack;
  return property.enumerable || !["string", "undefined"].includes(typeof stack)
    ? "the stack of an error would not come back as it is"
    : undefined;
}

function className(value: object): string | undefined {
  for (let at: unknown = value; typeof at === "object" && at !== null; ) {
    if (types.isProxy(at)) return undefined;
    const maker: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (typeof maker === "function" && at !== value) return ownName(maker);
    at = Object.getPrototypeOf(at);
  }
  return undefined;
}

function ownName(value: object): string {
  if (types.isProxy(value)) return "";
  const name: unknown = Object.getOwnPropertyDescriptor(value, "name")?.value;
  return typeof name === "string" ? name.slice(0, 60) : "";
}
