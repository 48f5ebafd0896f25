/**
 * The ndarrays of `ndarray` (scijs), by their looks.
 *
 * That package makes a class for each dtype and number of axes, such as `View2dfloat64`. Whether the
 * elements lie in C or F order follows from the strides; where they do not lie together, C order.
 *
 * @module
 */

import { types } from "node:util";
import type { NdarrayParts, NotAnNdarray } from "./ndarray.ts";
import { isPacked, type Layout } from "./strides.ts";

/** A constructor of one class: data, the shape, the strides, the offset. */
export type ScijsConstructor = new (data: unknown, ...numbers: readonly number[]) => object;

interface ScijsClass {
  readonly dtype: string;
  readonly dimension: number;
}

/** By the prototype; null for one that is of no class of the package. */
const known = new WeakMap<object, ScijsClass | null>();
/** The classes that were met, by dtype and number of axes. */
const met = new Map<string, ScijsConstructor>();

const METHODS = ["get", "set", "index", "lo", "hi", "step", "transpose", "pick"];
const FIELDS: readonly PropertyKey[] = ["data", "shape", "stride", "offset"];

/** What an object says of itself, if it is an ndarray of scijs. Runs no code of it. */
export function scijsParts(object: object): NdarrayParts | NotAnNdarray | undefined {
  if (types.isProxy(object)) return undefined;
  const found = classOf(object);
  if (found === undefined) return undefined;
  const { dtype, dimension } = found;
  const shape = dimension === 0 ? [] : dataOf(object, "shape");
  const strides = dimension === 0 ? [] : dataOf(object, "stride");
  const offset = dataOf(object, "offset");
  const isWhole =
    isIntegers(shape, dimension) && isIntegers(strides, dimension) && Number.isSafeInteger(offset);
  if (!isWhole || shape.some((extent) => extent < 0)) {
    return { problem: "whose shape, strides or offset are no integers" };
  }
  const inRows: Layout = {
    ...{ shape: [...shape], strides: [...strides] },
    ...{ offset: offset as number, order: "C" },
  };
  const inColumns: Layout = { ...inRows, order: "F" };
  return {
    form: { library: "ndarray", dtype },
    layout: !isPacked(inRows) && isPacked(inColumns) ? inColumns : inRows,
    data: dataOf(object, "data"),
    ownKeys: () => Reflect.ownKeys(object).filter((key) => !FIELDS.includes(key)),
  };
}

/** The constructor of a class that the program has used. */
export function metScijs(dtype: string, dimension: number): ScijsConstructor | undefined {
  return met.get(`${dimension}${dtype}`);
}

function classOf(object: object): ScijsClass | undefined {
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (prototype === null) return undefined;
  let found = known.get(prototype);
  if (found === undefined) {
    found = describe(prototype) ?? null;
    known.set(prototype, found);
  }
  return found ?? undefined;
}

function describe(prototype: object): ScijsClass | undefined {
  if (types.isProxy(prototype)) return undefined;
  const maker = dataOf(prototype, "constructor");
  const dtype = dataOf(prototype, "dtype");
  const dimension = dataOf(prototype, "dimension");
  const looks =
    typeof maker === "function" &&
    !types.isProxy(maker) &&
    typeof dtype === "string" &&
    typeof dimension === "number" &&
    dimension >= 0 &&
    dataOf(maker, "name") === `View${dimension}d${dtype}` &&
    dataOf(maker, "prototype") === prototype &&
    METHODS.every((name) => typeof dataOf(prototype, name) === "function");
  if (!looks) return undefined;
  met.set(`${dimension}${dtype}`, maker as unknown as ScijsConstructor);
  return { dtype, dimension };
}

function isIntegers(value: unknown, length: number): value is number[] {
  return (
    Array.isArray(value) && value.length === length && value.every((n) => Number.isSafeInteger(n))
  );
}

function dataOf(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
