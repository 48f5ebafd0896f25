/**
 * What a function or class is by itself: its source, and what is visible on it.
 *
 * @module
 */

import { types } from "node:util";
import type { AnyFunction } from "../code/parse.ts";
import { functionCode } from "../code/source.ts";
import { builtInName } from "./base.ts";
import { writeAdditions, writeExtras } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";
import { rawDigest } from "./xxh3.ts";

/** Under this symbol a memorized function holds the original, for which it stands. */
export const ORIGINAL: unique symbol = Symbol.for("ndmemo.func");

const digests = new WeakMap<AnyFunction, Buffer>();

/**
 * The digest of a function's source without comments and layout, computed once.
 *
 * @throws CacheError `ERR_UNHASHABLE` for native code.
 */
export function ownDigest(fn: AnyFunction): Buffer {
  let digest = digests.get(fn);
  if (digest === undefined) {
    digest = rawDigest(Buffer.from(functionCode(fn), "utf16le"));
    digests.set(fn, digest);
  }
  return digest;
}

/** The original inside a memorized function, or the function itself. */
export function originalOf(fn: AnyFunction): AnyFunction {
  if (types.isProxy(fn)) return fn;
  const original: unknown = Object.getOwnPropertyDescriptor(fn, ORIGINAL)?.value;
  return typeof original === "function" ? original : fn;
}

/** The class that a class extends, where it is not of the language. */
export function superclassOf(fn: AnyFunction): AnyFunction | undefined {
  const parent: unknown = Object.getPrototypeOf(fn);
  if (typeof parent !== "function" || parent === Function.prototype) return undefined;
  return types.isProxy(parent) || builtInName(parent) !== "Function" ? parent : undefined;
}

/** Writes the class that a class extends. */
export function writeSuperclass(walk: Walk, fn: AnyFunction): void {
  const parent = superclassOf(fn);
  if (parent === undefined) return;
  walk.sink.byte(Tag.superclass);
  walk.functions.value(walk, parent);
}

/** Writes the enumerable properties: static fields, say. */
export function writeStatics(walk: Walk, fn: AnyFunction): void {
  writeExtras(walk, fn, Object.keys(fn));
}

/** Writes what was added to the prototype: methods in the old style. */
export function writeAdded(walk: Walk, fn: AnyFunction): void {
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, "prototype")?.value;
  writeAdditions(walk, typeof prototype === "object" && prototype !== null ? prototype : {});
}

/** The name that a function or class says it has; empty where that is not plain to see. */
export function nameOf(fn: AnyFunction): string {
  const name: unknown = types.isProxy(fn)
    ? undefined
    : Object.getOwnPropertyDescriptor(fn, "name")?.value;
  return typeof name === "string" ? name : "";
}
