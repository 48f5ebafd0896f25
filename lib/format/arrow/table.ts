/**
 * Objects of Arrow as sidecars: what is written of them, and what the manifest says.
 *
 * @module
 */

import type { ArrowClass } from "../../array/arrow.ts";
import type { DenseArray } from "../../array/dense.ts";
import { arrowLibrary } from "../../type/arrow-package.ts";
import type { TableRecord } from "../record.ts";
import { type Revived, reviveArray } from "../revive.ts";
import type { Memory } from "./body-reader.ts";
import { type ArrowPlanOptions, planArrow } from "./file-plan.ts";
import { readArrow } from "./read.ts";
import { isTensor, planTensor, tensorElements } from "./tensor.ts";

/** What is written of an object, and what is known of it before its checksum. */
export interface PlannedTable {
  readonly form: Omit<TableRecord, "file" | "offset" | "digest" | "modified" | "compressed">;
  pieces(): Iterable<Uint8Array>;
}

/** Plans the file of an object. @throws CacheError `ERR_UNSUPPORTED_VALUE` */
export function planTable(
  object: object,
  className: ArrowClass,
  options: ArrowPlanOptions,
): PlannedTable {
  const plan = planArrow(object, className, options);
  const { rows, columns, byteLength: bytes } = plan;
  const shape = className === "Vector" ? [rows] : [rows, columns];
  const form: PlannedTable["form"] = {
    ...{ arrow: className, className, shape, bytes },
    descr: "arrow",
    order: "C",
  };
  return { form, pieces: () => plan.pieces() };
}

/** Plans the Arrow file of a dense array; undefined for one that cannot be a column. */
export function planColumn(array: DenseArray, options: ArrowPlanOptions): PlannedTable | undefined {
  if (!isTensor(array)) return undefined;
  const plan = planTensor(array, options.compression);
  const { source, ...rest } = array;
  const { className, shape } = array;
  const form: PlannedTable["form"] = {
    ...{ arrow: "Array", className, shape, bytes: plan.byteLength },
    array: { ...rest, bytes: source.byteLength },
    descr: "arrow",
    order: "C",
  };
  return { form, pieces: () => plan.pieces() };
}

/**
 * Makes the object of a record over memory that holds its file: nothing is copied that is not
 * compressed.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where the file is none of that object; Undecodable where
 * `apache-arrow` is not installed.
 */
export function reviveTable(
  { arrow, array }: Pick<TableRecord, "arrow" | "array">,
  memory: Memory,
  isReadOnly: boolean = false,
): Revived {
  if (arrow !== "Array" || array === undefined) {
    const value = readArrow(arrowLibrary(), memory, arrow === "Array" ? "Table" : arrow);
    return { value, data: value };
  }
  const { buffer, byteOffset, byteLength } = tensorElements(array, memory);
  const isOwn = array.shared || array.className === "ArrayBuffer";
  if (!isOwn) return reviveArray(array, buffer, byteOffset, isReadOnly);
  // Such an array is all of its memory, or needs memory of another kind.
  const copy = array.shared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength);
  new Uint8Array(copy).set(new Uint8Array(buffer, byteOffset, byteLength));
  return reviveArray(array, copy, 0, isReadOnly);
}
