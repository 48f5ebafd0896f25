/**
 * Arrays made again over memory that holds their elements.
 *
 * @module
 */

import { reviveDense } from "../array/dense.ts";
import { dtypes } from "../array/dtype.ts";
import { objectClasses } from "../array/elements.ts";
import type { NdarrayForm } from "../array/ndarray.ts";
import { hasStdlib, reviveElements, reviveNdarray } from "../type/ndarray.ts";
import type { ArrayForm } from "./record.ts";

/** An array made again. */
export interface Revived {
  readonly value: unknown;
  /** What lies on the memory itself: the value, or the data of an ndarray. */
  readonly data: object;
}

/**
 * Makes an array over memory that exists: nothing is copied, writes go through.
 *
 * @param isReadOnly whether an ndarray is to refuse writes, where its class can.
 * @throws CacheError `ERR_CORRUPT_ENTRY` where no such array can lie there; `ERR_UNSUPPORTED_VALUE`
 * where this process lacks the class, or the package that it comes from.
 */
export function reviveArray(
  form: ArrayForm,
  buffer: ArrayBufferLike,
  byteOffset: number,
  isReadOnly: boolean,
): Revived {
  const { className, ndarray, bytes } = form;
  if (ndarray === undefined) {
    const isOfStdlib = Object.hasOwn(objectClasses, className) && className !== "Float16Array";
    const make = isOfStdlib ? reviveElements : reviveDense;
    const data = make(className, buffer, byteOffset, bytes) as object;
    return { value: data, data };
  }
  const data = reviveElements(ndarray.data, buffer, byteOffset, bytes);
  return { value: reviveNdarray(ndarray, form, data, isReadOnly), data };
}

/** The classes of data by the dtypes that stdlib has. */
const dataOfDtype: ReadonlyMap<string, string> = new Map([
  ...dtypes.filter(({ name }) => !/int64$/.test(name)).map(({ name, array }) => [name, array.name]),
  ["uint8c", "Uint8ClampedArray"],
  ...Object.entries(objectClasses).map(([className, { dtype }]) => [dtype, className]),
] as [string, string][]);

/** Whether stdlib has ndarrays of a dtype. */
export function isStdlibDtype(dtype: string): boolean {
  return dataOfDtype.has(dtype);
}

/**
 * Makes an ndarray of stdlib over memory in which its elements lie together in order.
 *
 * @returns undefined where there is no stdlib, or it has no such dtype.
 */
export function stdlibArray(
  dtype: string,
  layout: Pick<ArrayForm, "shape" | "order">,
  { buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView,
  isReadOnly: boolean,
): Revived | undefined {
  const className = dataOfDtype.get(dtype);
  if (className === undefined || !hasStdlib()) return undefined;
  const data = reviveElements(className, buffer, byteOffset, byteLength);
  const form: NdarrayForm = { library: "@stdlib/ndarray", kind: "ctor", dtype, data: className };
  return { value: reviveNdarray(form, layout, data, isReadOnly), data };
}
