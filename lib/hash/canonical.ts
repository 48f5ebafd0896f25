/**
 * Any value as canonical bytes: equal values give equal bytes, different values different ones.
 *
 * "Equal" is that of `util.isDeepStrictEqual`. `docs/key-format.md` gives the format byte by byte,
 * and why it is unambiguous; in short:
 *
 * ```text
 * value      = primitive | function | object
 * primitive  = tag [content of fixed length, or text]
 * function   = [V function] [X extras] F code digest, additions   |   I text
 * object     = [P | C class digest] [T tag] [X extras] kind, content
 *            | r name, value that a registered class encodes its instance as
 *            | ^ distance to the ancestor that is this object
 *            | # digest, in place of more than 1,024 bytes
 * text       = uint64 length, UTF-16 code units
 * ```
 *
 * Which kinds of objects there are stands in `kind.ts`; a new kind is one line there, a tag, and a
 * writer in a file of its own.
 *
 * @module
 */

import { types } from "node:util";
import { ndarrayOf } from "../array/ndarray.ts";
import { transparentTarget } from "../code/inspector/proxy.ts";
import { describe } from "../describe.ts";
import { registeredType } from "../type/registry.ts";
import { writeArrow } from "./arrow/arrow.ts";
import { builtInName } from "./base.ts";
import { writeClass } from "./class.ts";
import { writeStdlibArray } from "./dense.ts";
import { type Kind, kindOf, plainObject } from "./kind.ts";
import { writeNdarray } from "./ndarray.ts";
import { writePrimitive } from "./primitive.ts";
import { inherited, writeExtras } from "./property.ts";
import { writeRegistered } from "./registered.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

/** Writes any value. Runs the getters of the value, and passes on what they throw. */
export function writeValue(walk: Walk, value: unknown): void {
  if (typeof value === "object" && value !== null) {
    walk.object(types.isProxy(value) ? targetOf(walk, value) : value, writeObject);
  } else if (typeof value === "function") walk.functions.value(walk, value);
  else writePrimitive(walk, value);
}

/** What a proxy stands for, where that is all it can show. */
function targetOf(walk: Walk, proxy: object): object {
  if (isNdarray(proxy)) return proxy;
  let target: object | undefined = proxy;
  while (target !== undefined && types.isProxy(target)) target = transparentTarget(target);
  // What the engine keeps of other objects is not behind a proxy of them.
  if (target && (Array.isArray(target) || kindOf(target) === plainObject)) return target;
  const reason = target
    ? `is a proxy of ${describe(target)}, and does not work like it`
    : "is a proxy with traps, which may show something else to each who looks";
  throw walk.refusal(proxy, reason, "pass plain data instead, such as a copy");
}

/** Whether a proxy is an array of stdlib's, of which some are proxies. */
function isNdarray(proxy: object): boolean {
  try {
    return ndarrayOf(proxy) !== undefined;
  } catch {
    // Revoked, or with a trap that throws.
    return false;
  }
}

function writeObject(walk: Walk, value: object): void {
  if (!walk.inert && isOrdinary(value)) {
    writeExtras(walk, value, []);
    plainObject.write(walk, value as never, "Object");
    return;
  }
  const kind = kindOf(value);
  const prototype: object | null = Object.getPrototypeOf(value);
  const builtIn = prototype === null ? undefined : builtInName(prototype);
  if (builtIn !== undefined && kind.bases.includes(builtIn)) {
    writeKind(walk, value, kind, builtIn);
    return;
  }
  const type = registeredType(value);
  if (type !== undefined) {
    writeRegistered(walk, value, type, builtIn);
    return;
  }
  if (writeNdarray(walk, value) || writeStdlibArray(walk, value) || writeArrow(walk, value)) return;
  if (kind.refused !== undefined) throw walk.refusal(value, kind.refused);
  const base = builtIn ?? writeClass(walk, value, prototype, false);
  if (base !== null && !kind.bases.includes(base)) {
    throw walk.refusal(
      value,
      `is of the built-in class ${base}, whose state cannot be seen`,
      "pass plain data instead, or make the class known with registerType",
    );
  }
  writeKind(walk, value, kind, base);
}

function writeKind(walk: Walk, value: object, kind: Kind, base: string | null): void {
  const stringTag = stringTagOf(inherited(walk, value, Symbol.toStringTag));
  if (stringTag !== kind.stringTag) {
    walk.sink.byte(Tag.stringTag);
    writePrimitive(walk, stringTag);
  }
  writeExtras(walk, value, kind.extraKeys(walk, value));
  kind.write(walk, value as never, base);
}

/** The short way for most objects: `{…}` of this realm. */
function isOrdinary(value: object): boolean {
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.prototype.toString.call(value) === "[object Object]" &&
    stringTagOf(Reflect.get(value, Symbol.toStringTag)) === undefined
  );
}

function stringTagOf(tag: unknown): string | undefined {
  return typeof tag === "string" ? tag : undefined;
}
