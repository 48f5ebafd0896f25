/**
 * Arrays of several axes: those of `@stdlib/ndarray` and of `ndarray` (scijs).
 *
 * Both are told by their looks, so that any number of installed copies are one class, and neither is
 * imported. What their constructors did not check is checked here: an ndarray may claim a shape and
 * strides that its data does not have.
 *
 * @module
 */

import { types } from "node:util";
import type { ByteSource, Packed } from "./bytes.ts";
import type { DenseArray } from "./dense.ts";
import { type Elements, elementsOf } from "./elements.ts";
import { packed } from "./pack.ts";
import { scijsParts } from "./scijs.ts";
import { stdlibParts } from "./stdlib.ts";
import { countOf, isPacked, type Layout, spanOf } from "./strides.ts";

/** What class an ndarray is of, and what it says of itself besides its elements. */
export interface NdarrayForm {
  /** The package that it comes from. */
  readonly library: "@stdlib/ndarray" | "ndarray";
  /** Of stdlib: the class without checks, the usual one, or the one that is indexed by slices. */
  readonly kind?: "base" | "ctor" | "fancy";
  /** The name that the package has for the type of the elements. */
  readonly dtype: string;
  /** Of stdlib, where the dtype is a `DataType` and no string: its description. */
  readonly description?: string;
  /** The class of the data, such as `Float64Array`. */
  readonly data: string;
  /** Of stdlib: what happens to an index outside the shape, where that is not the default. */
  readonly mode?: string;
  /** The same for each axis. */
  readonly submode?: readonly string[];
  /** Of stdlib: whether its `set` throws. */
  readonly readonly?: true;
}

/** An ndarray as its own package sees it, before anything was checked. */
export interface NdarrayParts {
  readonly form: Omit<NdarrayForm, "data">;
  readonly layout: Layout;
  readonly data: unknown;
  /** The properties that its package does not give it. */
  ownKeys(): readonly (string | symbol)[];
}

/** An ndarray that is what it claims to be. */
export interface Ndarray {
  readonly form: NdarrayForm;
  readonly layout: Layout;
  /** The memory of the elements, or a plain array of anything. */
  readonly data: Elements | readonly unknown[];
  readonly ownKeys: NdarrayParts["ownKeys"];
}

/** Why something is an ndarray in name only. */
export interface NotAnNdarray {
  readonly problem: string;
}

/** An ndarray; undefined for any other object. */
export function ndarrayOf(object: object): Ndarray | NotAnNdarray | undefined {
  const parts = stdlibParts(object) ?? scijsParts(object);
  if (parts === undefined || "problem" in parts) return parts;
  const { form, layout, ownKeys } = parts;
  const data = Array.isArray(parts.data) ? parts.data : elementsOf(parts.data);
  if (data === undefined) return { problem: "whose data is no typed array or plain array" };
  if (!isInside(layout, data.length)) {
    return { problem: "whose shape, strides and offset reach outside its data" };
  }
  const className = Array.isArray(data) ? "Array" : (data as Elements).className;
  return { form: { ...form, data: className }, layout, data, ownKeys };
}

/** Whether an ndarray holds numbers of a size, and not just anything. */
export function hasMemory(ndarray: Ndarray): ndarray is Ndarray & { readonly data: Elements } {
  return !Array.isArray(ndarray.data);
}

/** An ndarray as an array that is written to a file; it must have memory. */
export function denseNdarray({
  form,
  layout,
  data,
}: Ndarray & { readonly data: Elements }): DenseArray & { readonly ndarray: NdarrayForm } {
  return {
    ...{ className: classNameOf(form), descr: data.descr, shape: layout.shape },
    order: layout.order,
    shared: types.isSharedArrayBuffer(data.buffer),
    source: sourceOf(layout, data),
    ndarray: form,
  };
}

/** What people call the class. */
function classNameOf({ kind }: Pick<NdarrayForm, "kind">): string {
  return kind === "fancy" ? "FancyArray" : "ndarray";
}

/** The elements where they lie, if they lie together in order; otherwise what packs them. */
export function sourceOf(layout: Layout, data: Elements): ByteSource | Packed {
  if (!isPacked(layout)) return packed(data, layout);
  const count = countOf(layout.shape);
  // The offset of an empty one may be anywhere.
  const start = data.byteOffset + (count === 0 ? 0 : layout.offset * data.itemSize);
  return new DataView(data.buffer, start, count * data.itemSize);
}

function isInside(layout: Layout, length: number): boolean {
  if (!Number.isSafeInteger(countOf(layout.shape))) return false;
  const span = spanOf(layout);
  return span === undefined || (span[0] >= 0 && span[1] < length && Number.isSafeInteger(span[1]));
}
