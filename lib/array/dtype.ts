/**
 * The element types of arrays: their name, their NumPy descriptor, and the class that holds them.
 *
 * @module
 */

/** A view of a buffer whose elements are numbers. */
export type TypedArray = Exclude<NodeJS.ArrayBufferView, DataView>;

/** A class of typed arrays, such as `Float64Array`. */
export interface TypedArrayConstructor {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
}

/** One element type. */
export interface Dtype {
  /** The name that NumPy and stdlib share, such as `float64`. */
  readonly name: string;
  /** The `descr` of a `.npy` header on a little-endian machine, such as `<f8`. */
  readonly descr: string;
  /** Bytes for each element. */
  readonly itemSize: number;
  /** The class whose elements these are. */
  readonly array: TypedArrayConstructor;
}

const classes: readonly (readonly [name: string, descr: string, className: string])[] = [
  ["int8", "|i1", "Int8Array"],
  ["uint8", "|u1", "Uint8Array"],
  ["int16", "<i2", "Int16Array"],
  ["uint16", "<u2", "Uint16Array"],
  ["int32", "<i4", "Int32Array"],
  ["uint32", "<u4", "Uint32Array"],
  ["int64", "<i8", "BigInt64Array"],
  ["uint64", "<u8", "BigUint64Array"],
  ["float16", "<f2", "Float16Array"],
  ["float32", "<f4", "Float32Array"],
  ["float64", "<f8", "Float64Array"],
];

const globals = globalThis as unknown as Record<string, TypedArrayConstructor | undefined>;

/** Every element type this runtime has a class for (`float16` from Node 24 on). */
export const dtypes: readonly Dtype[] = classes.flatMap(([name, descr, className]) => {
  const array = globals[className];
  return array ? [{ name, descr, itemSize: array.BYTES_PER_ELEMENT, array }] : [];
});

const byClass = new Map(dtypes.map((dtype) => [dtype.array.name, dtype]));
const byName = new Map(dtypes.map((dtype) => [dtype.name, dtype]));

/** The element type with this name, where the runtime has it. */
export function dtypeNamed(name: string): Dtype | undefined {
  return byName.get(name);
}

/** The element type of a typed array class by the name of the class, where the runtime has it. */
export function dtypeOfClass(className: string): Dtype | undefined {
  return byClass.get(className);
}
