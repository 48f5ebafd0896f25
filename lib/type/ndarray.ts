/**
 * Ndarrays made again, with the copy of their package that the user's program has.
 *
 * That is the copy whose ndarrays it has used, or else the one that it would import. Nothing is
 * imported before an ndarray is to be made.
 *
 * @module
 */

import { reviveDense } from "../array/dense.ts";
import { dtypeOfClass } from "../array/dtype.ts";
import { type ElementsConstructor, metElements, objectClasses } from "../array/elements.ts";
import type { NdarrayForm } from "../array/ndarray.ts";
import { metScijs } from "../array/scijs.ts";
import {
  type DataTypeConstructor,
  metDataType,
  metStdlib,
  type StdlibConstructor,
} from "../array/stdlib.ts";
import { type Layout, packedStrides } from "../array/strides.ts";
import { importPeer } from "./peer.ts";
import { Undecodable } from "./undecodable.ts";

type AnyConstructor = new (...args: never[]) => object;

/** How many elements there are along each axis, and which runs fastest. */
export type Packing = Pick<Layout, "shape" | "order">;

const MODULES = {
  base: ["@stdlib/ndarray/base/ctor", "@stdlib/ndarray-base-ctor"],
  ctor: ["@stdlib/ndarray/ctor", "@stdlib/ndarray-ctor"],
  fancy: ["@stdlib/ndarray/fancy", "@stdlib/ndarray-fancy"],
} as const;

const imported = new Map<string, AnyConstructor>();
/** Where stdlib was found: its parts may be installed for it alone. */
const found: string[] = [];

/**
 * Makes an ndarray over data whose elements lie together in order.
 *
 * @param isReadOnly whether stdlib is to make its `set` throw. Its class without checks cannot.
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` that names the package to install.
 */
export function reviveNdarray(
  form: NdarrayForm,
  { shape, order }: Packing,
  data: unknown,
  isReadOnly: boolean,
): object {
  const { kind, dtype, description, mode, submode } = form;
  const strides = packedStrides(shape, order);
  if (kind === undefined) return reviveScijs(dtype, shape, strides, data);
  const Class = stdlibClass(kind);
  return new Class(
    description === undefined ? dtype : dataTypeOf(dtype, description),
    data,
    [...shape],
    // stdlib has one stride where there is no axis.
    shape.length === 0 ? [0] : strides,
    0,
    order === "C" ? "row-major" : "column-major",
    {
      ...(mode !== undefined && { mode }),
      ...(submode && { submode: [...submode] }),
      ...((isReadOnly || form.readonly) && { readonly: true }),
    },
  );
}

/** Makes the data of an ndarray over memory that exists. */
export function reviveElements(
  className: string,
  buffer: ArrayBufferLike,
  byteOffset: number,
  byteLength: number,
): object {
  const { itemSize, dtype = "" } = objectClasses[className] ?? {};
  if (itemSize === undefined || dtypeOfClass(className)) {
    return reviveDense(className, buffer, byteOffset, byteLength) as object;
  }
  const Class = (metElements(className) ??
    stdlibImport(className, [
      `@stdlib/array/${dtype}`,
      `@stdlib/array-${dtype}`,
    ])) as ElementsConstructor;
  return new Class(buffer, byteOffset, byteLength / itemSize);
}

/** Whether stdlib is there, to make ndarrays of what came from elsewhere. */
export function hasStdlib(): boolean {
  try {
    stdlibClass("ctor");
    return true;
  } catch {
    return false;
  }
}

function stdlibClass(kind: keyof typeof MODULES): StdlibConstructor {
  return (metStdlib(kind) ?? stdlibImport("ndarray", MODULES[kind])) as StdlibConstructor;
}

function dataTypeOf(dtype: string, description: string): object {
  const Class = (metDataType() ??
    stdlibImport("DataType", [
      "@stdlib/ndarray/dtype-ctor",
      "@stdlib/ndarray-dtype-ctor",
    ])) as DataTypeConstructor;
  return new Class(dtype, { description });
}

function stdlibImport(name: string, modules: readonly string[]): AnyConstructor {
  const [first = ""] = modules;
  const known = imported.get(first);
  if (known) return known;
  const isNamed = (exported: unknown): exported is AnyConstructor =>
    typeof exported === "function" && exported.name === name;
  let peer = importPeer(modules, isNamed, found);
  if (!("exported" in peer) && found.length === 0) {
    // Where packages are not installed side by side, only stdlib's ndarray sees the rest of stdlib.
    const ndarray = importPeer(MODULES.ctor, isNdarray);
    if ("exported" in ndarray) {
      found.push(ndarray.file);
      peer = importPeer(modules, isNamed, found);
    }
  }
  if (!("exported" in peer)) throw missing("@stdlib/ndarray", peer);
  imported.set(first, peer.exported);
  return peer.exported;
}

function reviveScijs(
  dtype: string,
  shape: readonly number[],
  strides: readonly number[],
  data: unknown,
): object {
  const Class = metScijs(dtype, shape.length);
  if (Class) return new Class(data, ...shape, ...strides, 0);
  const known = imported.get("ndarray") as unknown as ScijsFunction | undefined;
  const make = known ?? importScijs();
  return make(data, shape, strides, 0);
}

type ScijsFunction = (
  data: unknown,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
) => object;

function importScijs(): ScijsFunction {
  const peer = importPeer(
    ["ndarray"],
    (exported): exported is ScijsFunction => typeof exported === "function",
  );
  if (!("exported" in peer)) throw missing("ndarray", peer);
  imported.set("ndarray", peer.exported as unknown as AnyConstructor);
  return peer.exported;
}

function isNdarray(exported: unknown): exported is AnyConstructor {
  return typeof exported === "function" && exported.name === "ndarray";
}

function missing(name: string, details: { readonly cause: unknown }): Undecodable {
  return new Undecodable(
    `an array of the package ${name} cannot be made again, as that package is not installed where ` +
      `this program could import it: npm install ${name}`,
    true,
    details,
  );
}
