/**
 * What a function or class is by itself: its source, and what is visible on it.
 *
 * @module
 */

import { types } from "node:util";
import { type AnyFunction, sourceText } from "../code/parse.ts";
import { functionCode } from "../code/source.ts";
import { builtInName, constructorOf } from "./base.ts";
import { originalOf } from "./memorized.ts";
import { symbolName } from "./primitive.ts";
import { writeAdditions, writeExtras } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";
import { rawDigest } from "./xxh3.ts";

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

/**
 * What the prototype of a function inherits from, where that is not what the class extends:
 * `util.inherits(M, A)`, `M.prototype = Object.create(A.prototype)`.
 */
export function inheritedOf(fn: AnyFunction): object | undefined {
  const prototype = prototypeOf(fn);
  if (prototype === undefined || types.isGeneratorFunction(fn)) return undefined;
  const link: object | null = Object.getPrototypeOf(prototype);
  if (link === null || isRoot(link)) return undefined;
  const parent: unknown = Object.getPrototypeOf(fn);
  if (typeof parent !== "function" || types.isProxy(parent)) return link;
  return dataOf(parent, "prototype") === link ? undefined : link;
}

/** Writes that, up to the first class: the rest is in the code of the class. */
export function writeInherited(walk: Walk, fn: AnyFunction): void {
  const link = inheritedOf(fn);
  if (link !== undefined) writeLink(walk, link);
}

function writeLink(walk: Walk, link: object): void {
  walk.sink.byte(Tag.inherited);
  if (types.isProxy(link)) {
    walk.leaveOut(link, "is a proxy, which cannot be read without running its code");
    return;
  }
  const maker = constructorOf(link);
  if (maker !== undefined) {
    walk.functions.value(walk, maker);
    return;
  }
  walk.sink.byte(Tag.object);
  writeAdditions(walk, link, prototypeKeys(link, ""));
  const next: object | null = Object.getPrototypeOf(link);
  if (next === null) walk.sink.byte(Tag.nullPrototype);
  else writeLink(walk, next);
}

/** Writes the properties that are visible, or that the source does not have: static fields, say. */
export function writeStatics(walk: Walk, fn: AnyFunction): void {
  writeExtras(walk, fn, addedKeys(fn, sourceText(fn), OF_FUNCTIONS));
}

/** Writes what was added to the prototype: methods in the old style, and what was patched in. */
export function writeAdded(walk: Walk, fn: AnyFunction): void {
  const prototype = prototypeOf(fn) ?? {};
  writeAdditions(walk, prototype, prototypeKeys(prototype, sourceText(fn)));
}

/** The keys of what a prototype has beside the methods that a source text has. */
export function prototypeKeys(prototype: object, source: string): (string | symbol)[] {
  return addedKeys(prototype, source, new Set()).filter((key) => key !== "constructor");
}

/** The name that a function or class says it has; empty where that is not plain to see. */
export function nameOf(fn: AnyFunction): string {
  const name: unknown = types.isProxy(fn) ? undefined : dataOf(fn, "name");
  return typeof name === "string" ? name : "";
}

/** What every function has. */
const OF_FUNCTIONS: ReadonlySet<unknown> = new Set([
  ...["length", "name", "prototype", "arguments", "caller"],
]);

/**
 * The keys of properties that are enumerable or no part of a source text. What a class defines is not
 * enumerable, and stays so where somebody puts another method in its place.
 *
 * @param inherent what everything of the kind has.
 */
function addedKeys(
  owner: object,
  source: string,
  inherent: ReadonlySet<unknown>,
): (string | symbol)[] {
  return Reflect.ownKeys(owner).filter((key) => {
    const property = Object.getOwnPropertyDescriptor(owner, key);
    if (property === undefined) return false;
    if (property.enumerable || inherent.has(key)) return property.enumerable === true;
    // It may be anything that a library keeps for itself, and never had a digest.
    if (typeof key === "symbol" && symbolName(key) === undefined) return false;
    const { value, get, set } = property;
    const parts = "value" in property ? [value] : [get, set].filter((part) => part !== undefined);
    return !parts.every((part) => isIn(source, part));
  });
}

function isIn(source: string, part: unknown): boolean {
  return typeof part === "function" && source.includes(sourceText(originalOf(part)));
}

function prototypeOf(fn: AnyFunction): object | undefined {
  const prototype = dataOf(fn, "prototype");
  return typeof prototype === "object" && prototype !== null ? prototype : undefined;
}

/** Whether a prototype is that of plain objects, in any realm. */
function isRoot(link: object): boolean {
  return !types.isProxy(link) && builtInName(link) === "Object";
}

function dataOf(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
