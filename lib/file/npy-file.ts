/**
 * A `.npy` file that NumPy, or anything that speaks its format, wrote.
 *
 * @module
 */

import { fstatSync } from "node:fs";
import { dtypeOfClass, type TypedArray } from "../array/dtype.ts";
import { packedStrides } from "../array/strides.ts";
import { CacheError } from "../errors.ts";
import {
  dtypeOfDescr,
  type NpyDtype,
  type NpyHeader,
  parseNpyHeader,
  swapBytes,
} from "../format/npy.ts";
import { stdlibArray } from "../format/revive.ts";
import { readInto, touch } from "../store/file.ts";
import { isWritable, type MmapMode } from "../store/map/mapping.ts";
import { claim, mapShared } from "../store/map/shared-map.ts";
import { inFile } from "./file-path.ts";

/** An array of any rank, with the field names of `@stdlib/ndarray`, where that is not installed. */
export interface StridedArray {
  /** The elements as they lie in the file; a complex one is its real and its imaginary part. */
  readonly data: TypedArray;
  /** The name of the element type, such as `float64`, `complex128` or `bool`. */
  readonly dtype: string;
  /** Elements along each axis. */
  readonly shape: readonly number[];
  /** Elements from one index to the next, along each axis. */
  readonly strides: readonly number[];
  /** The index of the first element: 0. */
  readonly offset: number;
  /** Which axis runs fastest: the last in row-major order, the first in column-major order. */
  readonly order: "row-major" | "column-major";
}

const LONGEST_HEADER = 2 ** 16 + 12;

/** Whether a file that begins with these bytes is a `.npy` file. */
export function isNpy(head: Uint8Array): boolean {
  return Buffer.from("\x93NUMPY", "latin1").equals(head.subarray(0, 6));
}

/** Maps or reads an open `.npy` file; see `load` for what comes back. */
export function loadNpy(fd: number, path: string, mmapMode: MmapMode | null): unknown {
  try {
    const { size } = fstatSync(fd);
    const head = Buffer.alloc(Math.min(size, LONGEST_HEADER));
    readInto(fd, head, 0);
    const header = parseNpyHeader(head, size);
    const elements = dtypeOfDescr(header.descr);
    if (elements.swap && mmapMode !== null) {
      throw new CacheError(
        "ERR_UNSUPPORTED_VALUE",
        `${path} has the byte order of another machine (${header.descr}), which cannot be mapped: ` +
          "load it with mmapMode: null, which converts it",
        { path },
      );
    }
    if (isWritable(mmapMode)) touch(fd);
    const data = readElements(fd, header, elements, mmapMode, path);
    if (isPlain(header, elements)) return handOut(data, data);
    const layout = { shape: header.shape, order: header.fortranOrder ? "F" : "C" } as const;
    const made = stdlibArray(elements.dtype.name, layout, data, mmapMode === "r");
    return made ? handOut(made.value, made.data) : handOut(strided(data, header, elements), data);
  } catch (error) {
    throw inFile(path, error);
  }
}

function readElements(
  fd: number,
  { descr, fortranOrder, shape, dataOffset }: NpyHeader,
  { dtype: { array, itemSize }, swap }: NpyDtype,
  mmapMode: MmapMode | null,
  path: string,
): TypedArray {
  const byteLength = shape.reduce((product, extent) => product * extent, itemSize);
  const length = byteLength / array.BYTES_PER_ELEMENT;
  // Files of others need not begin their elements where a map can be viewed as numbers.
  const isAligned = dataOffset % itemSize === 0;
  if (mmapMode !== null && byteLength > 0 && isAligned) {
    const content = `${descr} ${fortranOrder ? "F" : "C"} ${shape.join()}`;
    const map = mapShared(fd, dataOffset, byteLength, mmapMode, path, content);
    if (map) return new array(map.buffer, map.byteOffset, length);
  }
  const data = new array(length);
  readInto(fd, data, dataOffset);
  if (swap) swapBytes(data);
  return data;
}

/** Gives what lies on a map its claim to it. */
function handOut<T>(value: T, data: object): T {
  claim(data, Reflect.get(data, "buffer"));
  return value;
}

/** Whether a typed array alone says everything: one axis, and elements that it has by itself. */
function isPlain({ shape }: NpyHeader, { dtype }: NpyDtype): boolean {
  return shape.length === 1 && dtype.name === dtypeOfClass(dtype.array.name)?.name;
}

function strided(
  data: TypedArray,
  { shape, fortranOrder }: NpyHeader,
  { dtype }: NpyDtype,
): StridedArray {
  const order = fortranOrder ? "F" : "C";
  return {
    ...{ data, dtype: dtype.name, shape, offset: 0 },
    strides: packedStrides(shape, order),
    order: fortranOrder ? "column-major" : "row-major",
  };
}
