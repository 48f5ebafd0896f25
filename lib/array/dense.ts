/**
 * A dense array: elements of one type, one after the other in memory.
 *
 * Typed arrays of every class, `Buffer`, `DataView`, `ArrayBuffer` and `SharedArrayBuffer`. The last
 * three, `Buffer` and `Uint8ClampedArray` are bytes to every other program, so a file says `|u1`
 * and the class is kept beside it.
 *
 * @module
 */

import { types } from "node:util";
import { CacheError } from "../errors.ts";
import { builtInClass } from "./built-in.ts";
import type { ByteSource, Packed } from "./bytes.ts";
import { dtypeOfClass, type TypedArray, type TypedArrayConstructor } from "./dtype.ts";
import type { NdarrayForm } from "./ndarray.ts";

/** What must be known of an array to write it to a file and to make it again. */
export interface DenseArray {
  /** The class of the value, such as `Float64Array`, `Buffer` or `ArrayBuffer`. */
  readonly className: string;
  /** The `descr` of a `.npy` header, such as `<f8`. */
  readonly descr: string;
  /** Elements along each axis. */
  readonly shape: readonly number[];
  /** Which axis runs fastest: the last (`C`) or the first (`F`). */
  readonly order: "C" | "F";
  /** Whether the elements lie in a `SharedArrayBuffer`. */
  readonly shared: boolean;
  /**
   * The value itself, or a view of its elements: never a copy. Where they do not lie together in
   * order, what packs them.
   */
  readonly source: ByteSource | Packed;
  /** What more there is to know of an ndarray. */
  readonly ndarray?: NdarrayForm;
}

const BYTES = "|u1";

/**
 * Describes a dense array; undefined for everything else.
 *
 * Everything else includes what could not be made again: an instance of a subclass, a resizable
 * buffer, a detached one and views on it. A view of a resizable buffer is taken as it is now.
 */
export function denseArray(value: unknown): DenseArray | undefined {
  if (types.isAnyArrayBuffer(value)) return ofBuffer(value);
  if (types.isDataView(value)) return ofDataView(value);
  return types.isTypedArray(value) ? ofTypedArray(value) : undefined;
}

/** The `descr` of the arrays of a class; undefined for a class that this runtime does not have. */
export function descrOfClass(className: string): string | undefined {
  const isBytes = /^(ArrayBuffer|SharedArrayBuffer|DataView|Buffer|Uint8ClampedArray)$/;
  return isBytes.test(className) ? BYTES : dtypeOfClass(className)?.descr;
}

/** Whether the length of a buffer can change. */
export function isResizable(buffer: ArrayBufferLike): boolean {
  const { resizable, growable } = buffer as { resizable?: boolean; growable?: boolean };
  return resizable === true || growable === true;
}

/**
 * Makes an array over memory that exists: nothing is copied, writes go through.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where no such array can lie there (unknown class, a range
 * outside the buffer, part of an element, an `ArrayBuffer` that is not the whole range), and
 * `ERR_UNSUPPORTED_VALUE` where this runtime has no such class.
 */
export function reviveDense(
  className: string,
  buffer: ArrayBufferLike,
  byteOffset: number,
  byteLength: number,
): unknown {
  const isRange =
    Number.isSafeInteger(byteOffset) && Number.isSafeInteger(byteLength) && byteOffset >= 0;
  if (!isRange || byteLength < 0 || byteOffset + byteLength > buffer.byteLength) {
    throw corrupt(`${byteLength} bytes at ${byteOffset} are not in ${buffer.byteLength} bytes`);
  }
  switch (className) {
    case "ArrayBuffer":
    case "SharedArrayBuffer": {
      const isWhole = byteOffset === 0 && byteLength === buffer.byteLength;
      if (isWhole && types.isSharedArrayBuffer(buffer) === (className !== "ArrayBuffer")) {
        return buffer;
      }
      throw corrupt(`the memory given is no ${className} of ${byteLength} bytes`);
    }
    case "Buffer":
      return Buffer.from(buffer, byteOffset, byteLength);
    case "DataView":
      return new DataView(buffer, byteOffset, byteLength);
    default: {
      const Class = typedArrayClass(className);
      const itemSize = Class.BYTES_PER_ELEMENT;
      if (byteOffset % itemSize !== 0 || byteLength % itemSize !== 0) {
        throw corrupt(`${byteLength} bytes at ${byteOffset} are no ${className}`);
      }
      return new Class(buffer, byteOffset, byteLength / itemSize);
    }
  }
}

function typedArrayClass(className: string): TypedArrayConstructor {
  if (className === "Uint8ClampedArray") return Uint8ClampedArray;
  const dtype = dtypeOfClass(className);
  if (dtype) return dtype.array;
  if (className !== "Float16Array") throw corrupt(`${JSON.stringify(className)} is no array class`);
  throw new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    `Node ${process.versions.node} has no Float16Array: it needs Node 24 or later`,
  );
}

function ofBuffer(buffer: ArrayBufferLike): DenseArray | undefined {
  const shared = types.isSharedArrayBuffer(buffer);
  const className = shared ? "SharedArrayBuffer" : "ArrayBuffer";
  if (builtInClass(buffer) !== className || isResizable(buffer) || isDetached(buffer)) return;
  return dense(className, BYTES, buffer.byteLength, shared, buffer);
}

function ofDataView(view: DataView): DenseArray | undefined {
  if (builtInClass(view) !== "DataView") return;
  try {
    const shared = types.isSharedArrayBuffer(view.buffer);
    return dense("DataView", BYTES, view.byteLength, shared, view);
  } catch {
    // The length of a view that has lost its memory cannot be read.
    return;
  }
}

function ofTypedArray(array: TypedArray): DenseArray | undefined {
  const className = builtInClass(array);
  const descr = descrOfClass(className ?? "");
  // A prototype can be set to that of another class; the elements cannot.
  const elements = className === "Buffer" ? "Uint8Array" : className;
  if (className === undefined || descr === undefined || elements !== elementsOf(array)) return;
  if (hasLostMemory(array)) return;
  const shared = types.isSharedArrayBuffer(array.buffer);
  return dense(className, descr, array.length, shared, array);
}

function dense(
  className: string,
  descr: string,
  length: number,
  shared: boolean,
  source: ByteSource,
): DenseArray {
  return { className, descr, shape: [length], order: "C", shared, source };
}

const tag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
);

function elementsOf(array: TypedArray): string {
  return tag?.get?.call(array) as string;
}

/** Detached, or outside of a buffer that shrank: such an array says that its length is zero. */
function hasLostMemory(array: TypedArray): boolean {
  if (array.byteLength > 0) return false;
  try {
    Uint8Array.prototype.keys.call(array);
    return false;
  } catch {
    return true;
  }
}

/** As `ArrayBuffer.prototype.detached`, which Node 20 does not have. */
function isDetached(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

function corrupt(what: string): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", what);
}
