/**
 * What a function or class is by itself: its source, and what is visible on it.
 *
 * @module
 */

import { types } from "node:util";
import { answer, type Question } from "../../code/syntax/analysis.ts";
import { classSource } from "../../code/syntax/class-members.ts";
import { Memo } from "../../code/syntax/memo.ts";
import { type AnyFunction, sourceText } from "../../code/syntax/parse.ts";
import { canonicalText, functionCode, isNativeCode } from "../../code/syntax/source.ts";
import { builtInName, constructorOf } from "../base.ts";
import { writeDifferences } from "../property.ts";
import { Tag } from "../tag.ts";
import type { Walk } from "../walk.ts";
import { rawDigest } from "../xxh3.ts";
import { differences, OF_FUNCTIONS, OF_PROTOTYPES } from "./difference.ts";

const DIGEST: Question<Buffer> = {
  name: "code",
  ask: (parsed) => textDigest(canonicalText(parsed)),
  encode: (digest) => digest.toString("hex"),
  decode: (encoded) =>
    typeof encoded === "string" && /^[0-9a-f]{32}$/.test(encoded)
      ? Buffer.from(encoded, "hex")
      : undefined,
};

const digests = new Memo<AnyFunction, Buffer>();

/**
 * The digest of a function's source without comments and layout, computed once.
 *
 * @throws CacheError `ERR_UNHASHABLE` for native code.
 */
export function ownDigest(fn: AnyFunction): Buffer {
  return digests.get(fn) ?? digests.add(fn, () => computeDigest(fn));
}

function computeDigest(fn: AnyFunction): Buffer {
  const asked = isNativeCode(fn) ? undefined : answer(DIGEST, fn);
  return asked ?? textDigest(functionCode(fn));
}

function textDigest(text: string): Buffer {
  return rawDigest(Buffer.from(text, "utf16le"));
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
  writeLinked(walk, link);
  const next: object | null = Object.getPrototypeOf(link);
  if (next === null) walk.sink.byte(Tag.nullPrototype);
  else writeLink(walk, next);
}

/** Writes the properties that are visible, or are not what the source has: static fields, say. */
export function writeStatics(walk: Walk, fn: AnyFunction): void {
  const source = classSource(fn)?.statics;
  writeDifferences(walk, fn, differences(fn, sourceText(fn), source, OF_FUNCTIONS), false);
}

/** Writes what is on the prototype beside the methods of the source, and what is not there. */
export function writeAdded(walk: Walk, fn: AnyFunction): void {
  const prototype = prototypeOf(fn) ?? {};
  const source = classSource(fn)?.prototype;
  writeDifferences(walk, prototype, differences(prototype, sourceText(fn), source, OF_PROTOTYPES));
}

/** Writes what is on an object that others inherit from and that is no class's. */
export function writeLinked(walk: Walk, link: object): void {
  writeDifferences(walk, link, differences(link, "", undefined, OF_PROTOTYPES));
}

/** The name that a function or class says it has; empty where that is not plain to see. */
export function nameOf(fn: AnyFunction): string {
  const name: unknown = types.isProxy(fn) ? undefined : dataOf(fn, "name");
  return typeof name === "string" ? name : "";
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
