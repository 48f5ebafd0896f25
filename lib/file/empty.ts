/**
 * Arrays that become part of an entry without being copied.
 *
 * @module
 */

import { type Dtype, dtypeNamed, dtypes, type TypedArray } from "../array/dtype.ts";
import { CacheError, wrongType, wrongValue } from "../errors.ts";
import { encodeNpyHeader } from "../format/npy.ts";
import { mapper } from "../store/mapper.ts";
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

/** Which axis runs fastest, as NumPy says it or as stdlib does; of one axis both are the same. */
export type ArrayOrder = "C" | "F" | "row-major" | "column-major";

/** Names that the table of element types does not have. */
const others: Readonly<Record<string, Pick<Dtype, "descr" | "array"> | undefined>> = {
  uint8c: { descr: "|u1", array: Uint8ClampedArray },
  bigint64: dtypeNamed("int64"),
  biguint64: dtypeNamed("uint64"),
};
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
 * @param shape how many elements, as a number or as an array of one number.
 * @throws TypeError, RangeError for arguments that make no array; CacheError `ERR_NATIVE` for more
 * bytes than a map has here; errors of the file system, such as `ENOSPC`, with their own `code`.
 */
export function createEmpty<D extends keyof ArrayOfDtype>(
  location: string | null,
  dtype: D,
  shape: number | readonly number[],
  order: ArrayOrder = "C",
): ArrayOfDtype[D] {
  const { descr, array: Class } = classOf(dtype);
  const length = lengthOf(shape);
  if (!orders.includes(order)) {
    throw wrongType("the order", '"C", "F", "row-major" or "column-major"', order);
  }
  const byteLength = length * Class.BYTES_PER_ELEMENT;
  const isMapped = location !== null && length > 0 && mapper()?.name === "addon";
  if (isMapped) checkBytes(byteLength);

  const header = encodeNpyHeader({ descr, fortranOrder: false, shape: [length] });
  const mapped = isMapped ? createScratch(location, header, byteLength) : undefined;
  const array = mapped ? new Class(mapped.buffer, mapped.byteOffset, length) : new Class(length);
  return array as ArrayOfDtype[D];
}

function classOf(dtype: unknown): Pick<Dtype, "descr" | "array"> {
  const known =
    typeof dtype === "string"
      ? (dtypeNamed(dtype) ?? (Object.hasOwn(others, dtype) ? others[dtype] : undefined))
      : undefined;
  if (known) return known;
  const hint = dtype === "float16" ? " (float16 needs Node 24 or later)" : "";
  throw wrongType("the dtype", `one of ${names}${hint}`, dtype);
}

function lengthOf(shape: unknown): number {
  const axes: readonly unknown[] = Array.isArray(shape) ? shape : [shape];
  for (const axis of axes) {
    const accepted = "a number or an array of numbers";
    if (typeof axis !== "number") throw wrongType("the shape", accepted, shape);
    if (Number.isSafeInteger(axis) && axis >= 0) continue;
    throw wrongValue("the shape", "integers from 0 to 2^53 - 1", shape);
  }
  const [length] = axes;
  if (axes.length === 1) return length as number;
  throw wrongType("the shape", "one axis (arrays of several axes cannot be stored)", shape);
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
