/**
 * The ndarrays of stdlib, by their looks.
 *
 * There are three classes, each extending the one before, and all three call themselves `ndarray`:
 * one without checks, the usual one, and one that can be indexed by slices, whose instances are
 * proxies. Their fields are accessors of the first one's prototype.
 *
 * @module
 */

import { types } from "node:util";
import type { NdarrayForm, NdarrayParts, NotAnNdarray } from "./ndarray.ts";

/** A constructor of stdlib's ndarrays. The first class takes no options. */
export type StdlibConstructor = new (
  dtype: unknown,
  data: unknown,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  order: "row-major" | "column-major",
  options?: object,
) => object;

/** A class of stdlib. */
interface StdlibClass {
  readonly kind: NonNullable<NdarrayForm["kind"]>;
  readonly getters: Readonly<Record<Field, () => unknown>>;
  /** What every instance has of its own. */
  readonly ownKeys: ReadonlySet<PropertyKey>;
}

const fields = [
  ...([
    "data",
    "dtype",
    "shape",
    "strides",
    "offset",
    "order",
    "flags",
    "ndims",
    "length",
  ] as const),
];
type Field = (typeof fields)[number];

const KINDS = ["base", "ctor", "fancy"] as const;

/** By the prototype; null for one that is of no class of stdlib. */
const known = new WeakMap<object, StdlibClass | null>();
/** The classes that were met, the last one of each kind. */
const met = new Map<string, StdlibConstructor>();
const metDataTypes = new WeakMap<object, boolean>();
let dataType: DataTypeConstructor | undefined;

/** The constructor of a `DataType`. */
export type DataTypeConstructor = new (
  dtype: string,
  options: { readonly description: string },
) => object;

/** What an object says of itself, if it is an ndarray of stdlib. Runs no code but stdlib's. */
export function stdlibParts(object: object): NdarrayParts | NotAnNdarray | undefined {
  const found = classOf(object);
  if (found === undefined) return undefined;
  const { kind, getters, ownKeys } = found;
  try {
    const of = (field: Field): unknown => getters[field].call(object as never);
    const shape = of("shape");
    const strides = of("strides");
    const offset = of("offset");
    const order = of("order");
    if (!isCounts(shape) || !isIntegers(strides) || !Number.isSafeInteger(offset)) return undefined;
    if (shape.length > 0 && strides.length !== shape.length) return undefined;
    if (order !== "row-major" && order !== "column-major") return undefined;
    const dtype = dtypeOf(of("dtype"));
    if (dtype === undefined) return { problem: "whose dtype is no name, such as a struct" };
    const { READONLY: isReadOnly } = Object(of("flags"));
    met.set(kind, Object.getPrototypeOf(object).constructor);
    return {
      form: {
        ...{ library: "@stdlib/ndarray", kind },
        ...dtype,
        ...modesOf(object),
        ...(isReadOnly === true && { readonly: true }),
      },
      layout: {
        ...{ shape: [...shape], strides: strides.slice(0, shape.length) },
        ...{ offset: offset as number, order: order === "row-major" ? "C" : "F" },
      },
      data: of("data"),
      ownKeys: () => Reflect.ownKeys(object).filter((key) => !ownKeys.has(key)),
    };
  } catch {
    // Something with the prototype of an ndarray that was never made into one.
    return undefined;
  }
}

/** The constructor of a class that the program has used. */
export function metStdlib(kind: string): StdlibConstructor | undefined {
  return met.get(kind);
}

/** The constructor of dtypes, if the program has used one that is an object. */
export function metDataType(): DataTypeConstructor | undefined {
  return dataType;
}

function classOf(object: object): StdlibClass | undefined {
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (prototype === null) return undefined;
  let found = known.get(prototype);
  if (found === undefined) {
    found = describe(prototype) ?? null;
    known.set(prototype, found);
  }
  // A proxy may be one of anything, and only one class makes its instances proxies.
  return found && (found.kind === "fancy") === types.isProxy(object) ? found : undefined;
}

function describe(prototype: object): StdlibClass | undefined {
  let link: object = prototype;
  for (const kind of KINDS) {
    if (!isNamedNdarray(link)) return undefined;
    const getters = gettersOf(link);
    if (getters) {
      const ownKeys = ownKeysOf(prototype);
      return ownKeys && { kind, getters, ownKeys };
    }
    const above: object | null = Object.getPrototypeOf(link);
    if (above === null) return undefined;
    link = above;
  }
  return undefined;
}

function isNamedNdarray(prototype: object): boolean {
  if (types.isProxy(prototype)) return false;
  const maker = dataOf(prototype, "constructor");
  return (
    typeof maker === "function" &&
    !types.isProxy(maker) &&
    dataOf(maker, "name") === "ndarray" &&
    dataOf(maker, "prototype") === prototype
  );
}

function gettersOf(prototype: object): StdlibClass["getters"] | undefined {
  const getters: Partial<Record<Field, () => unknown>> = {};
  for (const field of fields) {
    const get = Object.getOwnPropertyDescriptor(prototype, field)?.get;
    if (get === undefined) return undefined;
    getters[field] = get as () => unknown;
  }
  const hasMethods = ["get", "set", "iget"].every(
    (name) => typeof dataOf(prototype, name) === "function",
  );
  return hasMethods ? (getters as StdlibClass["getters"]) : undefined;
}

/** What a fresh instance has, which also shows that the constructor is what it looks like. */
function ownKeysOf(prototype: object): ReadonlySet<PropertyKey> | undefined {
  try {
    const Class = dataOf(prototype, "constructor") as StdlibConstructor;
    const instance = new Class("float64", new Float64Array(1), [1], [1], 0, "row-major");
    if (Object.getPrototypeOf(instance) !== prototype) return undefined;
    return new Set(Reflect.ownKeys(instance));
  } catch {
    return undefined;
  }
}

function dtypeOf(dtype: unknown): Pick<NdarrayForm, "dtype" | "description"> | undefined {
  if (typeof dtype === "string") return { dtype };
  if (typeof dtype !== "object" || dtype === null || types.isProxy(dtype)) return undefined;
  if (!isDataType(dtype)) return undefined;
  const { value, description } = dtype as { value?: unknown; description?: unknown };
  if (typeof value !== "string" || typeof description !== "string") return undefined;
  return { dtype: value, description };
}

function isDataType(dtype: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(dtype);
  if (prototype === null || types.isProxy(prototype)) return false;
  let is = metDataTypes.get(prototype);
  if (is === undefined) {
    const maker = dataOf(prototype, "constructor");
    is =
      typeof maker === "function" &&
      dataOf(maker, "name") === "DataType" &&
      Object.getOwnPropertyDescriptor(prototype, "value")?.get !== undefined;
    metDataTypes.set(prototype, is);
    if (is) dataType = maker as unknown as DataTypeConstructor;
  }
  return is;
}

/** How indices outside the shape are taken, where that is not as usual. */
function modesOf(object: object): Pick<NdarrayForm, "mode" | "submode"> {
  const { _mode: mode, _submode: submode } = object as { _mode?: unknown; _submode?: unknown };
  const isMode = typeof mode === "string" && mode !== "throw";
  const isSubmode =
    Array.isArray(submode) &&
    submode.every((item) => typeof item === "string") &&
    !(submode.length === 1 && submode[0] === mode);
  return { ...(isMode && { mode }), ...(isSubmode && { submode: [...submode] }) };
}

function isCounts(value: unknown): value is number[] {
  return isIntegers(value) && value.every((item) => item >= 0);
}

function isIntegers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item));
}

function dataOf(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
