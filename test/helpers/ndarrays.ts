/**
 * Ndarrays of stdlib and of scijs: random ones, packed copies, and what they hold.
 *
 * @module
 */

import { createRequire } from "node:module";
import fc from "fast-check";
import * as assert from "uvu/assert";

/** What the tests need of an ndarray of stdlib. */
export interface Stdlib {
  readonly data: NodeJS.TypedArray & { readonly buffer: ArrayBuffer };
  readonly dtype: string;
  readonly shape: number[];
  readonly strides: number[];
  readonly offset: number;
  readonly order: "row-major" | "column-major";
  readonly length: number;
  readonly flags: { readonly READONLY: boolean };
  get(...indices: number[]): unknown;
  set(...args: unknown[]): this;
}

/** A constructor of stdlib. */
export type StdlibClass = new (
  dtype: unknown,
  data: unknown,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  order: string,
  options?: object,
) => Stdlib;

/** An ndarray of scijs. */
export interface Scijs {
  readonly data: NodeJS.TypedArray;
  readonly dtype: string;
  readonly shape: number[];
  readonly stride: number[];
  readonly offset: number;
  get(...indices: number[]): number;
  set(...args: number[]): number;
  transpose(...axes: number[]): Scijs;
  step(...steps: number[]): Scijs;
  lo(...from: number[]): Scijs;
  hi(...to: number[]): Scijs;
  pick(...indices: (number | null)[]): Scijs;
}

const require = createRequire(import.meta.url);

/** The three classes of stdlib. */
export const classes: Readonly<Record<"base" | "ctor" | "fancy", StdlibClass>> = {
  base: require("@stdlib/ndarray/base/ctor"),
  ctor: require("@stdlib/ndarray/ctor"),
  fancy: require("@stdlib/ndarray/fancy"),
};

/** The usual class of stdlib. */
export const Ndarray: StdlibClass = classes.ctor;

/** The function of scijs. */
export const scijs: (data: unknown, shape?: number[], stride?: number[], offset?: number) => Scijs =
  require("ndarray");

type DataClass = new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => object;

const globals = globalThis as unknown as Record<string, DataClass>;

/** The class of data and the bytes of an element, by dtype. */
const dtypes: Readonly<Record<string, readonly [data: DataClass, itemSize: number]>> = {
  float64: [Float64Array, 8],
  float32: [Float32Array, 4],
  ...(globals["Float16Array"] && { float16: [globals["Float16Array"], 2] }),
  int8: [Int8Array, 1],
  int16: [Int16Array, 2],
  int32: [Int32Array, 4],
  uint8: [Uint8Array, 1],
  uint16: [Uint16Array, 2],
  uint32: [Uint32Array, 4],
  uint8c: [Uint8ClampedArray, 1],
  complex64: [require("@stdlib/array/complex64"), 8],
  complex128: [require("@stdlib/array/complex128"), 16],
  bool: [require("@stdlib/array/bool"), 1],
};

/** How an ndarray lies in memory, before there is one. */
export interface Recipe {
  readonly dtype: string;
  readonly kind: keyof typeof classes;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly order: "row-major" | "column-major";
  /** Elements of the data. */
  readonly length: number;
  readonly seed: number;
}

/** Any dtype, class, rank, order, strides (negative and zero as well) and offset. */
export const recipes: fc.Arbitrary<Recipe> = fc
  .record({
    dtype: fc.constantFrom(...Object.keys(dtypes)),
    kind: fc.constantFrom("base", "ctor", "fancy" as const),
    axes: fc.array(
      fc.record({
        extent: fc.integer({ min: 0, max: 5 }).map((n) => (n === 0 ? 0 : n)),
        gap: fc.integer({ min: 0, max: 2 }),
        flip: fc.boolean(),
        repeated: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      }),
      { maxLength: 4 },
    ),
    shuffle: fc.array(fc.double({ noNaN: true }), { minLength: 4, maxLength: 4 }),
    before: fc.integer({ min: 0, max: 3 }),
    order: fc.constantFrom("row-major", "column-major" as const),
    isPacked: fc.boolean(),
    seed: fc.integer(),
  })
  .map(({ axes, shuffle, before, isPacked, dtype, kind, order, seed }) => {
    const shape = axes.map(({ extent }) => extent);
    const positions = [...axes.keys()];
    if (isPacked) {
      if (order === "row-major") positions.reverse();
    } else {
      positions.sort((a, b) => (shuffle[a] ?? 0) - (shuffle[b] ?? 0));
    }
    const strides = shape.map(() => 0);
    let step = 1;
    let offset = before;
    let reach = 0;
    for (const position of positions) {
      const { extent, gap, flip, repeated } = axes[position] as (typeof axes)[number];
      if (!isPacked && repeated) continue;
      const stride = step + (isPacked ? 0 : gap);
      const isNegative = flip && !isPacked;
      strides[position] = isNegative ? -stride : stride;
      reach += stride * Math.max(0, extent - 1);
      if (isNegative) offset += stride * Math.max(0, extent - 1);
      step = stride * Math.max(1, extent);
    }
    return { dtype, kind, shape, strides, offset, order, length: before + reach + 1, seed };
  });

/** Data of a dtype, of any bits: NaNs of all kinds among them. */
function dataOf(dtype: string, length: number, seed: number): object {
  const [Class, itemSize] = dtypes[dtype] as (typeof dtypes)[string];
  const bytes = new Uint8Array(length * itemSize);
  let state = seed | 1;
  for (let i = 0; i < bytes.length; i++) {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    bytes[i] = dtype === "bool" ? (state >>> 16) & 1 : state >>> 16;
  }
  return new Class(bytes.buffer, 0, length);
}

/** The ndarray of a recipe. */
export function made({ dtype, kind, shape, strides, offset, order, length, seed }: Recipe): Stdlib {
  const Class = classes[kind];
  const data = dataOf(dtype, length, seed);
  return new Class(dtype, data, shape, shape.length === 0 ? [0] : strides, offset, order);
}

/** The bytes of the elements in the order that an ndarray says, found one by one. */
export function bytesInOrder(array: Stdlib): Buffer {
  const { shape, strides, offset, order, data } = array;
  const itemSize = (dtypes[array.dtype] as (typeof dtypes)[string])[1];
  const { buffer, byteOffset, byteLength } = data;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const count = shape.reduce((product, extent) => product * extent, 1);
  const pieces: Buffer[] = [];
  for (let at = 0; at < count; at++) {
    let rest = at;
    let place = offset;
    const axes = [...shape.keys()];
    if (order === "row-major") axes.reverse();
    for (const axis of axes) {
      const extent = shape[axis] as number;
      place += (rest % extent) * (strides[axis] as number);
      rest = Math.floor(rest / extent);
    }
    pieces.push(bytes.subarray(place * itemSize, (place + 1) * itemSize));
  }
  return Buffer.concat(pieces);
}

/** The strides of elements that lie together. */
function packedStrides(shape: readonly number[], order: string): number[] {
  const strides = shape.map(() => 1);
  const axes = [...shape.keys()];
  if (order === "row-major") axes.reverse();
  let stride = 1;
  for (const axis of axes) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** An ndarray with the same elements, together and in order, of the same class. */
export function packedCopy(array: Stdlib): Stdlib {
  const { dtype, shape, order } = array;
  const [Class, itemSize] = dtypes[dtype] as (typeof dtypes)[string];
  const bytes = Uint8Array.from(bytesInOrder(array));
  const data = new Class(bytes.buffer, 0, bytes.length / itemSize);
  const strides = shape.length === 0 ? [0] : packedStrides(shape, order);
  return new (array.constructor as StdlibClass)(dtype, data, shape, strides, 0, order);
}

/** Asserts that both are of one class, dtype, shape and order, and hold the same bytes. */
export function sameNdarray(actual: unknown, expected: Stdlib, what = ""): void {
  const found = actual as Stdlib;
  assert.is(Object.getPrototypeOf(found), Object.getPrototypeOf(expected), `class ${what}`);
  assert.is(found.data.constructor, expected.data.constructor, `class of the data ${what}`);
  assert.equal(
    [found.dtype, found.shape, found.order],
    [expected.dtype, expected.shape, expected.order],
  );
  assert.ok(bytesInOrder(found).equals(bytesInOrder(expected)), `elements ${what}`);
}
