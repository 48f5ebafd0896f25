/**
 * Which built-in class a prototype belongs to, in this realm or another.
 *
 * @module
 */

import { URL, URLSearchParams } from "node:url";
import { types } from "node:util";
import type { AnyFunction } from "../code/syntax/parse.ts";
import { isNativeCode } from "../code/syntax/source.ts";

const natives = new WeakMap<AnyFunction, boolean>();
// Those whose constructors are JavaScript: they cannot be told by native code.
const names = new WeakMap<object, string>([
  [Buffer.prototype, "Buffer"],
  [URL.prototype, "URL"],
  [URLSearchParams.prototype, "URLSearchParams"],
]);

/**
 * The name of the class whose prototype this is, if the class is native code, or one of Node's that
 * ndmemo knows. A vm context's `Array.prototype` is as much "Array" as our own.
 */
export function builtInName(prototype: object): string | undefined {
  const known = names.get(prototype);
  if (known !== undefined) return known;
  if (types.isProxy(prototype)) return undefined;
  const maker = constructorOf(prototype);
  if (maker === undefined || !isNative(maker)) return undefined;

  // An addon may call a class of its own "Object"; only the language's has nothing above it.
  const isRoot = Object.getPrototypeOf(prototype) === null;
  const name = (maker.name === "Object") === isRoot ? maker.name : "native class";
  names.set(prototype, name);
  return name;
}

/** The function whose `prototype` this object is, as it says itself; undefined if there is none. */
export function constructorOf(prototype: object): AnyFunction | undefined {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof maker !== "function" || types.isProxy(maker)) return undefined;
  if (maker.prototype !== prototype) return undefined;
  return maker;
}

function isNative(fn: AnyFunction): boolean {
  let native = natives.get(fn);
  if (native === undefined) {
    native = isNativeCode(fn);
    natives.set(fn, native);
  }
  return native;
}
