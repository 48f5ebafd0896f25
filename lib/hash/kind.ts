/**
 * What kinds of objects there are, how each is recognised, and what writes it.
 *
 * A kind is told by what the engine made, not by the prototype, which can be changed, and works for
 * objects of other realms.
 *
 * @module
 */

import { URL, URLSearchParams } from "node:url";
import { types } from "node:util";
import { writeArray } from "./array.ts";
import * as builtin from "./builtin.ts";
import { writeMap, writeSet } from "./collection.ts";
import { typedArrayNameOf, writeMemory } from "./dense.ts";
import { keysBesidesIndices } from "./index-key.ts";
import { writeProperties } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

/** A kind of object. */
export interface Kind {
  /** The built-in classes it may be of. */
  readonly bases: readonly string[];
  /** What the class says under `Symbol.toStringTag`. */
  readonly stringTag: string | undefined;
  /** The enumerable string keys that `write` leaves out. */
  readonly extraKeys: (walk: Walk, value: object) => readonly string[];
  /** Writes the tag of the kind and its content. */
  readonly write: (walk: Walk, value: never, base: string | null) => void;
  /** Why objects of the kind have no digest, whatever is in them; undefined where they have one. */
  readonly refused?: string;
}

const none = (): readonly string[] => [];
const all = (_: Walk, value: object): readonly string[] => Object.keys(value);

const kind = (
  bases: string | readonly string[],
  stringTag: string | undefined,
  extraKeys: Kind["extraKeys"],
  write: Kind["write"],
): Kind => ({ bases: typeof bases === "string" ? [bases] : bases, stringTag, extraKeys, write });

const properties =
  (tag: number): Kind["write"] =>
  (walk, value) => {
    walk.sink.byte(tag);
    writeProperties(walk, value);
  };

const errorClasses = [
  ...["Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SuppressedError"],
  ...["SyntaxError", "TypeError", "URIError"],
];

/** An object that is nothing but its properties. */
export const plainObject: Kind = kind("Object", undefined, none, properties(Tag.object));

const array = kind("Array", undefined, keysBesidesIndices, writeArray);
const dataView = kind("DataView", "DataView", all, memoryWriter("DataView"));
const url = kind("URL", "URL", all, builtin.writeUrl);
const searchParams = kind("URLSearchParams", "URLSearchParams", all, builtin.writeSearchParams);

const others: readonly (readonly [is: (value: unknown) => boolean, kind: Kind])[] = [
  [types.isMap, kind("Map", "Map", all, writeMap)],
  [types.isSet, kind("Set", "Set", all, writeSet)],
  [types.isDate, kind("Date", undefined, all, builtin.writeDate)],
  [types.isRegExp, kind("RegExp", undefined, all, builtin.writeRegExp)],
  [types.isNativeError, kind(errorClasses, undefined, all, builtin.writeError)],
  [types.isArrayBuffer, kind("ArrayBuffer", "ArrayBuffer", all, memoryWriter("ArrayBuffer"))],
  [
    types.isSharedArrayBuffer,
    kind("SharedArrayBuffer", "SharedArrayBuffer", all, memoryWriter("SharedArrayBuffer")),
  ],
  [types.isNumberObject, boxed("Number", undefined, Number.prototype)],
  [types.isStringObject, boxed("String", undefined, String.prototype)],
  [types.isBooleanObject, boxed("Boolean", undefined, Boolean.prototype)],
  [types.isBigIntObject, boxed("BigInt", "BigInt", BigInt.prototype)],
  [types.isSymbolObject, boxed("Symbol", "Symbol", Symbol.prototype)],
  [types.isArgumentsObject, kind("Object", undefined, none, properties(Tag.arguments))],
  [types.isModuleNamespaceObject, kind([], "Module", none, properties(Tag.namespace))],
  [types.isPromise, refused("is a promise, whose value is not known yet")],
  [types.isWeakMap, refused("cannot be listed")],
  [types.isWeakSet, refused("cannot be listed")],
  [types.isGeneratorObject, refused("is a generator, which reading would use up")],
  [types.isMapIterator, refused("is an iterator, which reading would use up")],
  [types.isSetIterator, refused("is an iterator, which reading would use up")],
  [types.isExternal, refused("is a handle of native code")],
];

const typedArrays = new Map<string, Kind>();

/** The kind of an object. */
export function kindOf(value: object): Kind {
  if (Array.isArray(value)) return array;
  if (ArrayBuffer.isView(value)) return viewKind(value);
  for (const [is, kind] of others) if (is(value)) return kind;
  if (value instanceof URL) return url;
  if (value instanceof URLSearchParams) return searchParams;
  return plainObject;
}

function viewKind(view: object): Kind {
  const name = typedArrayNameOf(view);
  if (name === undefined) return dataView;
  let found = typedArrays.get(name);
  if (found === undefined) {
    const bases = name === "Uint8Array" ? [name, "Buffer"] : [name];
    found = kind(bases, name, keysBesidesIndices, memoryWriter(name));
    typedArrays.set(name, found);
  }
  return found;
}

function memoryWriter(name: string): Kind["write"] {
  return (walk, value, base) => writeMemory(walk, value, base ?? name);
}

function refused(reason: string): Kind {
  return { ...kind([], undefined, none, () => {}), refused: reason };
}

function boxed(name: string, stringTag: string | undefined, prototype: object): Kind {
  const extraKeys = name === "String" ? keysBesidesIndices : all;
  return kind(name, stringTag, extraKeys, builtin.boxWriter(prototype));
}
