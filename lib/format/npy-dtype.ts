/**
 * Which typed array holds the elements of a `.npy` file.
 *
 * @module
 */

import { endianness } from "node:os";
import { windows } from "../array/bytes.ts";
import { type Dtype, dtypeNamed, type TypedArray } from "../array/dtype.ts";
import { CacheError } from "../errors.ts";

/** The element type of a file, and whether this machine reads its bytes in the other order. */
export interface NpyDtype {
  /**
   * The name and class. `bool` is held as bytes, 0 or 1; a complex type as its parts, real before
   * imaginary, so that `itemSize` is twice that of the class.
   */
  readonly dtype: Dtype;
  /** Whether {@link swapBytes} must be applied. */
  readonly swap: boolean;
}

const kinds: Readonly<Record<string, readonly [name: string, itemSize: number, held: string]>> = {
  b1: ["bool", 1, "uint8"],
  i1: ["int8", 1, "int8"],
  i2: ["int16", 2, "int16"],
  i4: ["int32", 4, "int32"],
  i8: ["int64", 8, "int64"],
  u1: ["uint8", 1, "uint8"],
  u2: ["uint16", 2, "uint16"],
  u4: ["uint32", 4, "uint32"],
  u8: ["uint64", 8, "uint64"],
  f2: ["float16", 2, "float16"],
  f4: ["float32", 4, "float32"],
  f8: ["float64", 8, "float64"],
  c8: ["complex64", 8, "float32"],
  c16: ["complex128", 16, "float64"],
};

const native = endianness() === "LE" ? "<" : ">";

/**
 * The element type that a `descr` names.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` for everything but booleans, integers, floating-point
 * and complex numbers of the sizes that typed arrays have.
 */
export function dtypeOfDescr(descr: string): NpyDtype {
  const kind = kindOf(descr);
  if (!kind) throw unsupported(descr);
  const [name, itemSize, held] = kind;
  const dtype = dtypeNamed(held);
  if (!dtype) {
    throw new CacheError(
      "ERR_UNSUPPORTED_VALUE",
      `the dtype ${descr} needs Float16Array, which Node ${process.versions.node} does not have: ` +
        "use Node 24 or later, or save the array as float32",
    );
  }
  const order = descr[0] === "<" || descr[0] === ">" ? descr[0] : native;
  return {
    dtype: { name, descr: descr, itemSize, array: dtype.array },
    swap: order !== native && dtype.itemSize > 1,
  };
}

/** Bytes of an element; undefined for a `descr` that no typed array holds. */
export function itemSizeOfDescr(descr: string): number | undefined {
  return kindOf(descr)?.[1];
}

/** The error for an element type that no typed array holds. */
export function unsupported(descr: string): CacheError {
  const given = descr.length > 80 ? `${descr.slice(0, 80)}…` : descr;
  return new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    `no typed array holds the dtype ${given}: supported are bool, int8 to int64, uint8 to uint64, ` +
      "float16, float32, float64, complex64 and complex128",
  );
}

/**
 * Reverses the bytes of each number, in place.
 *
 * A complex array is one of its parts, each of which is reversed.
 */
export function swapBytes(array: TypedArray): void {
  const { BYTES_PER_ELEMENT } = array;
  if (BYTES_PER_ELEMENT === 1) return;
  for (const { buffer, byteOffset, byteLength } of windows(array)) {
    const bytes = Buffer.from(buffer, byteOffset, byteLength);
    if (BYTES_PER_ELEMENT === 2) bytes.swap16();
    else if (BYTES_PER_ELEMENT === 4) bytes.swap32();
    else bytes.swap64();
  }
}

function kindOf(
  descr: string,
): readonly [name: string, itemSize: number, held: string] | undefined {
  const [, kind = ""] = /^[<>|=]([a-z]\d{1,2})$/.exec(descr) ?? [];
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}
