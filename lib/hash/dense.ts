/**
 * Arrays of bytes or numbers in canonical bytes: what they are, and the digest of their memory.
 *
 * @module
 */

import { types } from "node:util";
import { dtypeOfClass } from "../array/dtype.ts";
import { objectClasses, stdlibDense } from "../array/elements.ts";
import { knownDigest } from "./known-digest.ts";
import { Sink } from "./sink.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";
import { rawDigest } from "./xxh3.ts";

/** What an array is, besides its bytes. */
export interface DenseLayout {
  /** The class, such as `Float64Array`, `Buffer` or `ArrayBuffer`. */
  readonly className: string;
  /** The name of the element type, such as `float64`. */
  readonly dtype: string;
  /** The length of each dimension. */
  readonly shape: readonly number[];
  /** `"C"`: the last index varies fastest; `"F"`: the first. */
  readonly order: "C" | "F";
}

/** What stands before the length of a typed array, by its class. */
const heads = new Map<string, Buffer>();
// A shared array of at least this size is worth remembering within one pass.
const REMEMBERED_BYTES = 4096;

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayGetters = [
  getter(typedArrayPrototype, "buffer"),
  getter(typedArrayPrototype, "byteOffset"),
  getter(typedArrayPrototype, "byteLength"),
] as const;
const dataViewGetters = [
  getter(DataView.prototype, "buffer"),
  getter(DataView.prototype, "byteOffset"),
  getter(DataView.prototype, "byteLength"),
] as const;
const typedArrayName = getter(typedArrayPrototype, Symbol.toStringTag);
const typedArrayLength = getter(typedArrayPrototype, "length");

/**
 * Writes a typed array, `DataView`, `ArrayBuffer` or `SharedArrayBuffer`.
 *
 * @param className the built-in class it is of, which tells a `Buffer` from a `Uint8Array`.
 */
export function writeMemory(walk: Walk, value: object, className: string): void {
  const bytes = memoryOf(walk, value);
  const digest = digestOf(walk, value, bytes);
  const typedName = typedArrayNameOf(value);
  const length = typedName === undefined ? bytes.byteLength : elementCount(value);
  const dtype = dtypeOfTyped(typedName);
  writeLayout(walk.sink, { className, dtype, shape: [length], order: "C" }, digest);
}

/**
 * Writes an array of complex numbers or booleans of stdlib as the dense array that it is, whatever
 * copy of stdlib made it, unless the object is none.
 */
export function writeStdlibArray(walk: Walk, value: object): boolean {
  const dense = stdlibDense(value);
  if (dense === undefined) return false;
  const { className, shape, order } = dense;
  const dtype = objectClasses[className]?.dtype as string;
  const digest = digestOf(walk, value, dense.source as DataView);
  writeLayout(walk.sink, { className, dtype, shape, order }, digest);
  return true;
}

/**
 * Writes what a typed array is and the digest of its memory, which the caller has.
 *
 * @param elements the name of the typed array, which `className` determines.
 */
export function writeTypedArray(
  sink: Sink,
  className: string,
  elements: string,
  length: number,
  digest: Buffer,
): void {
  let head = heads.get(className);
  if (head === undefined) {
    head = Sink.encoded((part) => writeHead(part, className, dtypeOfTyped(elements), 1));
    heads.set(className, head);
  }
  sink.raw(head);
  sink.uint64(length);
  sink.text("C");
  sink.raw(digest);
}

function dtypeOfTyped(elements: string | undefined): string {
  if (elements === "Uint8ClampedArray") return "uint8";
  return dtypeOfClass(elements ?? "")?.name ?? "uint8";
}

function digestOf(walk: Walk, value: object, bytes: DataView): Buffer {
  const known = walk.arrays.get(value) ?? knownDigest(bytes);
  if (known !== undefined) return known;
  const digest = rawDigest(bytes);
  if (bytes.byteLength >= REMEMBERED_BYTES) walk.arrays.set(value, digest);
  return digest;
}

/** The name of the built-in class of a typed array, also of one from another realm or a subclass. */
export function typedArrayNameOf(value: object): string | undefined {
  return typedArrayName.call(value) as string | undefined;
}

/** The number of elements of a typed array, whatever its class makes of `length`. */
export function elementCount(value: object): number {
  return typedArrayLength.call(value) as number;
}

function writeLayout(sink: Sink, layout: DenseLayout, digest: Buffer): void {
  writeHead(sink, layout.className, layout.dtype, layout.shape.length);
  for (const length of layout.shape) sink.uint64(length);
  sink.text(layout.order);
  sink.raw(digest);
}

/** The bytes of a typed array as the engine knows them. @throws TypeError where it is detached. */
export function typedArrayMemory(array: object): DataView {
  const [buffer, byteOffset, byteLength] = typedArrayGetters;
  return new DataView(
    buffer.call(array) as ArrayBuffer,
    byteOffset.call(array) as number,
    byteLength.call(array) as number,
  );
}

function writeHead(sink: Sink, className: string, dtype: string, axes: number): void {
  sink.byte(Tag.dense);
  sink.text(className);
  sink.text(dtype);
  sink.uint64(axes);
}

// A fresh view made from what the engine says: properties of the value, or of its class, may shadow
// what the engine knows.
function memoryOf(walk: Walk, value: object): DataView {
  try {
    if (types.isAnyArrayBuffer(value)) return new DataView(value);
    const getters = types.isTypedArray(value) ? typedArrayGetters : dataViewGetters;
    return new DataView(
      getters[0].call(value) as ArrayBuffer,
      getters[1].call(value) as number,
      getters[2].call(value) as number,
    );
  } catch {
    throw walk.refusal(
      value,
      "is detached, or a view of a buffer that is",
      "its bytes are gone: transfer a copy, or hash it before it is transferred or released",
    );
  }
}

function getter(prototype: object, name: string | symbol): (this: object) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (get === undefined) throw new TypeError(`No getter ${String(name)}`);
  return get;
}
