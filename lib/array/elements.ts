/**
 * The data of ndarrays: typed arrays of the language, and the classes of stdlib that hold complex
 * numbers, booleans and, where the language has none, half floats.
 *
 * Those of stdlib are objects over a typed array of their own. They are told by their looks, so that
 * any number of installed copies are one class.
 *
 * @module
 */

import { types } from "node:util";
import { type DenseArray, denseArray } from "./dense.ts";
import { dtypeOfClass } from "./dtype.ts";
import type { ElementMemory } from "./pack.ts";

/** Memory that holds the elements of an ndarray. */
export interface Elements extends ElementMemory {
  /** The class of the data, such as `Float64Array` or `Complex128Array`. */
  readonly className: string;
  /** The `descr` of a `.npy` header. */
  readonly descr: string;
  /** How many there are. */
  readonly length: number;
}

/** A class of stdlib. */
export interface ObjectClass {
  readonly descr: string;
  readonly itemSize: number;
  /** The name that stdlib has for such elements. */
  readonly dtype: string;
}

/** The classes of stdlib that are no typed arrays, by name. */
export const objectClasses: Readonly<Record<string, ObjectClass>> = {
  Complex64Array: { descr: "<c8", itemSize: 8, dtype: "complex64" },
  Complex128Array: { descr: "<c16", itemSize: 16, dtype: "complex128" },
  BooleanArray: { descr: "|b1", itemSize: 1, dtype: "bool" },
  Float16Array: { descr: "<f2", itemSize: 2, dtype: "float16" },
};

/** A constructor of data over memory that exists. */
export type ElementsConstructor = new (
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
) => object;

const GETTERS = ["buffer", "byteOffset", "byteLength", "length"] as const;

/** What instances have of their own. */
const FIELDS: ReadonlySet<PropertyKey> = new Set(["_buffer", "_length"]);

/** By the prototype; null for one that is of no class of stdlib. */
const known = new WeakMap<object, string | null>();
/** The classes that were met, by name. */
const met = new Map<string, ElementsConstructor>();

/** The memory of an ndarray's data; undefined for what holds no elements of a size. */
export function elementsOf(data: unknown): Elements | undefined {
  if (types.isTypedArray(data)) {
    const dense = denseArray(data);
    if (dense === undefined) return undefined;
    const { buffer, byteOffset, BYTES_PER_ELEMENT: itemSize, length } = data;
    const { className, descr } = dense;
    return { className, descr, buffer, byteOffset, itemSize, length };
  }
  if (typeof data !== "object" || data === null) return undefined;
  const className = objectClassOf(data);
  return className === undefined ? undefined : memoryOf(data, className);
}

/**
 * An array of stdlib that is no typed array, as one that is written to a file: of complex numbers or
 * booleans. Undefined for one that somebody has put more into, which would be lost.
 */
export function stdlibDense(value: object): DenseArray | undefined {
  const className = objectClassOf(value);
  if (className === undefined || className === "Float16Array") return undefined;
  const elements = memoryOf(value, className);
  if (elements === undefined || !Reflect.ownKeys(value).every((key) => FIELDS.has(key))) return;
  const { descr, buffer, byteOffset, length, itemSize } = elements;
  const source = new DataView(buffer, byteOffset, length * itemSize);
  return { className, descr, shape: [length], order: "C", shared: false, source };
}

/** Whether a class of data exists, whatever this runtime has. */
export function descrOfElements(className: string): string | undefined {
  if (Object.hasOwn(objectClasses, className)) return objectClasses[className]?.descr;
  if (className === "Buffer" || className === "Uint8ClampedArray") return "|u1";
  return dtypeOfClass(className)?.descr;
}

/** A class of stdlib that the program has used. */
export function metElements(className: string): ElementsConstructor | undefined {
  return met.get(className);
}

function objectClassOf(data: object): string | undefined {
  if (types.isProxy(data)) return undefined;
  const prototype: object | null = Object.getPrototypeOf(data);
  if (prototype === null) return undefined;
  let name = known.get(prototype);
  if (name === undefined) {
    name = nameOf(prototype) ?? null;
    known.set(prototype, name);
  }
  return name ?? undefined;
}

function nameOf(prototype: object): string | undefined {
  if (types.isProxy(prototype)) return undefined;
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof maker !== "function" || types.isProxy(maker)) return undefined;
  const name: unknown = Object.getOwnPropertyDescriptor(maker, "name")?.value;
  const looks =
    typeof name === "string" &&
    Object.hasOwn(objectClasses, name) &&
    Object.getOwnPropertyDescriptor(maker, "prototype")?.value === prototype &&
    Object.getOwnPropertyDescriptor(prototype, "BYTES_PER_ELEMENT")?.value ===
      objectClasses[name]?.itemSize &&
    GETTERS.every((key) => Object.getOwnPropertyDescriptor(prototype, key)?.get !== undefined);
  if (!looks) return undefined;
  met.set(name, maker as unknown as ElementsConstructor);
  return name;
}

function memoryOf(data: object, className: string): Elements | undefined {
  const { descr = "", itemSize = 1 } = objectClasses[className] ?? {};
  try {
    const [buffer, byteOffset, byteLength, length] = GETTERS.map((key) => Reflect.get(data, key));
    if (!types.isArrayBuffer(buffer) || byteLength !== length * itemSize) return undefined;
    // Throws where the memory is not there, or not as long as it is said to be.
    new DataView(buffer, byteOffset, byteLength);
    return { className, descr, buffer, byteOffset, itemSize, length };
  } catch {
    return undefined;
  }
}
