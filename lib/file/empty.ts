/**
 * Arrays that become part of an entry without being copied.
 *
 * @module
 */

import { type Dtype, dtypeNamed, dtypes, type TypedArray } from "../array/dtype.ts";
import type { StdlibNdarray } from "../array/stdlib-type.ts";
import { countOf } from "../array/strides.ts";
import { CacheError, wrongType, wrongValue } from "../errors.ts";
import { encodeNpyHeader } from "../format/npy.ts";
import { isStdlibDtype, stdlibArray } from "../format/revive.ts";
import { mapper } from "../store/map/mapper.ts";
import { createScratch } from "../store/scratch.ts";

/** The classes of arrays by the names of their elements, as NumPy and stdlib have them. */
export interface ArrayOfDtype {
  /** 64-bit floating point. */
  readonly float64: Float64Array;
  /** 32-bit floating point. */
  readonly float32: Float32Array;
  /** 16-bit floating point: `Float16Array`, from Node 24 on. */
  readonly float16: TypedArray;
  /** 8-bit signed integers. */
  readonly int8: Int8Array;
  /** 16-bit signed integers. */
  readonly int16: Int16Array;
  /** 32-bit signed integers. */
  readonly int32: Int32Array;
  /** 64-bit signed integers. */
  readonly int64: BigInt64Array;
  /** 64-bit signed integers, as stdlib names them. */
  readonly bigint64: BigInt64Array;
  /** 8-bit unsigned integers. */
  readonly uint8: Uint8Array;
  /** 8-bit unsigned integers that are clamped. */
  readonly uint8c: Uint8ClampedArray;
  /** 16-bit unsigned integers. */
  readonly uint16: Uint16Array;
  /** 32-bit unsigned integers. */
  readonly uint32: Uint32Array;
  /** 64-bit unsigned integers. */
  readonly uint64: BigUint64Array;
  /** 64-bit unsigned integers, as stdlib names them. */
  readonly biguint64: BigUint64Array;
}

/** The element types of arrays that `empty` makes. */
export type EmptyDtype = keyof ArrayOfDtype | "complex64" | "complex128" | "bool";

/** What `empty` makes: of one axis a typed array, of more an ndarray of stdlib. */
export type EmptyArray<D extends EmptyDtype, S> = D extends keyof ArrayOfDtype
  ? S extends number | readonly [number]
    ? ArrayOfDtype[D]
    : number extends Extract<S, readonly number[]>["length"]
      ? ArrayOfDtype[D] | NdarrayOf<D>
      : NdarrayOf<D>
  : NdarrayOf<D>;

/** The ndarray with elements of a type; it fits the type of the same name in stdlib. */
export type NdarrayOf<D extends EmptyDtype> = D extends keyof ArrayOfDtype
  ? StdlibNdarray<ArrayOfDtype[D], number, D, BytesOf<D>>
  : D extends "bool"
    ? StdlibNdarray<ArrayLike<boolean>, boolean, D, 1>
    : StdlibNdarray<
        ArrayLike<ComplexNumber>,
        ComplexNumber,
        D,
        D extends "complex64" ? 8 : D extends "complex128" ? 16 : number
      >;

/** A complex number as stdlib has it. */
export interface ComplexNumber {
  /** The real part. */
  readonly re: number;
  /** The imaginary part. */
  readonly im: number;
}

/** Bytes of an element. */
export type BytesOf<D extends keyof ArrayOfDtype> = D extends "int8" | "uint8" | "uint8c"
  ? 1
  : D extends "int16" | "uint16" | "float16"
    ? 2
    : D extends "int32" | "uint32" | "float32"
      ? 4
      : 8;

/** Which axis runs fastest, as NumPy says it or as stdlib does; of one axis both are the same. */
export type ArrayOrder = "C" | "F" | "row-major" | "column-major";

/** Names that the table of element types does not have. */
const objectDtypes: Readonly<Record<string, Pick<Dtype, "descr" | "array" | "itemSize">>> = {
  complex64: { descr: "<c8", array: Float32Array, itemSize: 8 },
  complex128: { descr: "<c16", array: Float64Array, itemSize: 16 },
  bool: { descr: "|b1", array: Uint8Array, itemSize: 1 },
};
const others: Readonly<Record<string, Pick<Dtype, "descr" | "array" | "itemSize"> | undefined>> = {
  uint8c: { descr: "|u1", array: Uint8ClampedArray, itemSize: 1 },
  bigint64: dtypeNamed("int64"),
  biguint64: dtypeNamed("uint64"),
  ...objectDtypes,
};
const MOST_AXES = 64;
const names = [...dtypes.map(({ name }) => name), ...Object.keys(others)].join(", ");
const orders: readonly unknown[] = ["C", "F", "row-major", "column-major"];

/**
 * Makes an array of zeros on a file inside the store, mapped so that it may be larger than memory.
 *
 * A cached function of the same store that returns it, alone or in a value, has its file adopted: the
 * time this takes does not depend on the size. The array stays usable, and what is written to it
 * afterwards does not reach the entry. The file of an array that is not returned goes with the array.
 *
 * The space on the disk is reserved here. Without a location, without the native addon, and in a
 * store that may not be written to (with a warning) the array is an ordinary one in memory.
 *
 * @param location the directory of the store, absolute; `null`: none.
 * @param shape how many elements, as a number or as an array of one number: a typed array. With more
 * axes, or none, and for complex and boolean elements: an ndarray of stdlib.
 * @throws TypeError, RangeError for arguments that make no array; CacheError `ERR_NATIVE` for more
 * bytes than a map has here, `ERR_UNSUPPORTED_VALUE` where stdlib is needed and not installed; errors
 * of the file system, such as `ENOSPC`, with their own `code`.
 */
export function createEmpty<D extends EmptyDtype, const S extends number | readonly number[]>(
  location: string | null,
  dtype: D,
  shape: S,
  order: ArrayOrder = "C",
): EmptyArray<D, S> {
  const { descr, array: Class, itemSize } = classOf(dtype);
  const axes = axesOf(shape);
  if (!orders.includes(order)) {
    throw wrongType("the order", '"C", "F", "row-major" or "column-major"', order);
  }
  const layout = {
    shape: axes,
    order: order === "C" || order === "row-major" ? "C" : "F",
  } as const;
  const isTyped = axes.length === 1 && !Object.hasOwn(objectDtypes, dtype);
  if (!isTyped) checkStdlib(dtype);
  const count = countOf(axes);
  if (!Number.isSafeInteger(count)) throw wrongValue("the shape", "fewer elements", shape);
  const byteLength = count * itemSize;

  const isMapped = location !== null && byteLength > 0 && mapper()?.name === "addon";
  if (isMapped) checkBytes(byteLength);
  const fortranOrder = !isTyped && layout.order === "F";
  const header = encodeNpyHeader({ descr, fortranOrder, shape: axes });
  const mapped = isMapped ? createScratch(location, header, byteLength) : undefined;
  const length = byteLength / Class.BYTES_PER_ELEMENT;
  const array = mapped ? new Class(mapped.buffer, mapped.byteOffset, length) : new Class(length);
  const made = isTyped ? array : stdlibArray(dtype, layout, array, false)?.value;
  return made as EmptyArray<D, S>;
}

function classOf(dtype: unknown): Pick<Dtype, "descr" | "array" | "itemSize"> {
  const known =
    typeof dtype === "string"
      ? (dtypeNamed(dtype) ?? (Object.hasOwn(others, dtype) ? others[dtype] : undefined))
      : undefined;
  if (known) return known;
  const hint = dtype === "float16" ? " (float16 needs Node 24 or later)" : "";
  throw wrongType("the dtype", `one of ${names}${hint}`, dtype);
}

function axesOf(shape: unknown): readonly number[] {
  const axes: readonly unknown[] = Array.isArray(shape) ? shape : [shape];
  for (const axis of axes) {
    const accepted = "a number or an array of numbers";
    if (typeof axis !== "number") throw wrongType("the shape", accepted, shape);
    if (Number.isSafeInteger(axis) && axis >= 0) continue;
    throw wrongValue("the shape", "integers from 0 to 2^53 - 1", shape);
  }
  if (axes.length <= MOST_AXES) return axes as readonly number[];
  throw wrongValue("the shape", `at most ${MOST_AXES} axes`, shape);
}

function checkStdlib(dtype: string): void {
  if (!isStdlibDtype(dtype)) {
    throw wrongType("the dtype of several axes", "one that @stdlib/ndarray has", dtype);
  }
  if (stdlibArray("float64", { shape: [0], order: "C" }, new Float64Array(), false)) return;
  throw new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    `An array of several axes, or of ${dtype}, is one of @stdlib/ndarray, which is not installed ` +
      "where this program could import it: npm install @stdlib/ndarray",
  );
}

function checkBytes(byteLength: number): void {
  const most = mapper()?.maxBytes ?? 0;
  if (byteLength <= most) return;
  throw new CacheError(
    "ERR_NATIVE",
    `An array of ${byteLength} bytes cannot be mapped: a map ends at ${most} bytes on Node ` +
      `${process.versions.node}${most < Number.MAX_SAFE_INTEGER ? ", use Node 22 or later" : ""}`,
  );
}
