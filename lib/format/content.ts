/**
 * Which objects have a file of their own, and what is in it.
 *
 * @module
 */

import { type ArrowClass, arrowClass, isOwnField } from "../array/arrow.ts";
import { type DenseArray, denseArray } from "../array/dense.ts";
import { elementsOf, type ObjectClass, objectClasses, stdlibDense } from "../array/elements.ts";
import { denseNdarray, hasMemory, ndarrayOf } from "../array/ndarray.ts";
import { countOf, isPacked } from "../array/strides.ts";
import { meetArrow } from "../type/arrow-package.ts";

/** What of an object is in a file of its own. */
export type Content = ArrayContent | TableContent;

/** An array: a `.npy` file. */
export interface ArrayContent {
  /** The object. */
  readonly of: object;
  readonly array: DenseArray;
}

/** An Arrow table, or a part of one: an `.arrow` file. */
export interface TableContent {
  /** The object. */
  readonly of: object;
  readonly table: ArrowClass;
}

/** The content of an object's file; undefined for an object that has none. */
export function contentOf(object: object): Content | undefined {
  const array = denseArray(object) ?? stdlibDense(object);
  return array ? { of: object, array } : tableOf(object);
}

/** An object of Arrow, unless somebody has put more into it, which would be lost. */
function tableOf(object: object): TableContent | undefined {
  const table = arrowClass(object);
  if (table === undefined) return undefined;
  meetArrow(object, table);
  return Object.keys(object).every((name) => isOwnField(table, name))
    ? { of: object, table }
    : undefined;
}

/** The array that a value is, dense or an ndarray with memory; undefined for anything else. */
export function arrayOf(value: unknown): DenseArray | undefined {
  const dense = denseArray(value);
  if (dense || typeof value !== "object" || value === null) return dense;
  const ofStdlib = stdlibDense(value);
  if (ofStdlib) return ofStdlib;
  const ndarray = ndarrayOf(value);
  if (ndarray && !("problem" in ndarray)) {
    return hasMemory(ndarray) ? denseNdarray(ndarray) : undefined;
  }
  return stridedArray(value);
}

/** An object with the fields of an ndarray, as `load` gives where there is no stdlib. */
function stridedArray(value: object): DenseArray | undefined {
  const { data, dtype, shape, strides, offset, order } = value as Readonly<Record<string, unknown>>;
  const elements = elementsOf(data);
  const isWhole =
    elements !== undefined &&
    isCounts(shape) &&
    isCounts(strides) &&
    offset === 0 &&
    (order === "row-major" || order === "column-major");
  if (!isWhole) return undefined;
  const { descr, itemSize } = elements;
  const own = objectOfDtype(dtype);
  const bytes = countOf(shape) * (own?.itemSize ?? itemSize);
  const layout = { shape, strides, offset: 0, order: order === "row-major" ? "C" : "F" } as const;
  if (!isPacked(layout) || bytes !== elements.length * itemSize) return undefined;
  return {
    ...{ className: "Object", descr: own?.descr ?? descr, shape, order: layout.order },
    ...{ shared: false, source: data as NodeJS.ArrayBufferView },
  };
}

function objectOfDtype(dtype: unknown): ObjectClass | undefined {
  const isOwn = (own: ObjectClass): boolean => own.dtype === dtype && dtype !== "float16";
  return Object.values(objectClasses).find(isOwn);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
