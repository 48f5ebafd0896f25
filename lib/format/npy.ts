/**
 * The header of a `.npy` file, as NumPy writes and reads it.
 *
 * ```
 * 0   6 bytes   93 "NUMPY"
 * 6   2 bytes   version: 1 0, 2 0 or 3 0
 * 8   2 bytes   length of the header, little-endian (4 bytes from version 2 on)
 * 10  n bytes   a Python dict in Latin-1 (UTF-8 in version 3), spaces and a newline:
 *               {'descr': '<f8', 'fortran_order': False, 'shape': (3,), }
 *     the elements, at a multiple of 64
 * ```
 *
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @module
 */

import { CacheError, wrongValue } from "../errors.ts";
import { itemSizeOfDescr, unsupported } from "./npy-dtype.ts";
import { type Literal, parseDict } from "./python-literal.ts";

export { dtypeOfDescr, type NpyDtype, swapBytes } from "./npy-dtype.ts";

/** What a header says. */
export interface NpyHeader {
  /** The element type, such as `<f8`; see {@link dtypeOfDescr}. */
  readonly descr: string;
  /** Whether the first axis runs fastest. */
  readonly fortranOrder: boolean;
  /** Elements along each axis; none for a single element. */
  readonly shape: readonly number[];
  /** Where the elements begin, in bytes from the beginning of the file. */
  readonly dataOffset: number;
}

const MAGIC = Buffer.from("\x93NUMPY", "latin1");
const ALIGNMENT = 64;
/** NumPy leaves room for the axis along which a file grows. */
const LONGEST_DIMENSION = 21;
const LONGEST_HEADER = 2 ** 16;
/** NumPy's own limit since 2.0. */
const MOST_DIMENSIONS = 64;

/**
 * The bytes before the elements, the same that `numpy.save` writes.
 *
 * @throws RangeError for a shape that a file cannot have, or a `descr` that is no plain text.
 */
export function encodeNpyHeader(header: Omit<NpyHeader, "dataOffset">): Uint8Array {
  const { descr, fortranOrder, shape } = header;
  if (shape.length > MOST_DIMENSIONS || !shape.every(isDimension)) {
    throw wrongValue("the shape", `at most ${MOST_DIMENSIONS} non-negative integers`, shape);
  }
  if (!/^[<>|=][a-z]\d{1,3}$/i.test(descr)) throw wrongValue("the descr", 'such as "<f8"', descr);

  const order = fortranOrder ? "True" : "False";
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${tuple}), }`;
  const growing = fortranOrder ? shape.at(-1) : shape[0];
  const room = growing === undefined ? 0 : LONGEST_DIMENSION - String(growing).length;

  // At least one space, as in NumPy, also where the text alone would end at a multiple.
  const unpadded = MAGIC.byteLength + 4 + dict.length + room + 1;
  const length = unpadded + ALIGNMENT - (unpadded % ALIGNMENT);
  const bytes = Buffer.alloc(length, 0x20);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(0x0001, 6);
  bytes.writeUInt16LE(length - 10, 8);
  bytes.write(dict, 10, "latin1");
  bytes[length - 1] = 0x0a;
  return bytes;
}

/**
 * Reads the header at the beginning of a file of `fileBytes` bytes, of which `bytes` are the first
 * 64 KiB, or all.
 *
 * Bytes after the elements are accepted, as NumPy does.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where this is no header, or promises more elements than the
 * file has; `ERR_UNSUPPORTED_VALUE` for structured dtypes.
 */
export function parseNpyHeader(bytes: Uint8Array, fileBytes: number): NpyHeader {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!MAGIC.equals(head.subarray(0, MAGIC.byteLength)))
    throw corrupt("it does not begin like one");
  const version = head[6];
  const isKnown = (version === 1 || version === 2 || version === 3) && head[7] === 0;
  const start = version === 1 ? 10 : 12;
  if (head.byteLength < start) throw corrupt("its header is cut off");
  if (!isKnown) throw corrupt(`version ${head[6]}.${head[7]} is unknown`);

  const length = version === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  const dataOffset = start + length;
  if (length > LONGEST_HEADER) throw corrupt(`its header claims ${length} bytes`);
  if (dataOffset > Math.min(fileBytes, head.byteLength)) throw corrupt("its header is cut off");

  const text = head.toString(version === 3 ? "utf8" : "latin1", start, dataOffset);
  const { descr, fortranOrder, shape } = fieldsOf(text);
  checkSize(descr, shape, fileBytes - dataOffset);
  return { descr, fortranOrder, shape: shape.map(Number), dataOffset };
}

interface Fields {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly bigint[];
}

function fieldsOf(text: string): Fields {
  let dict: ReadonlyMap<string, Literal>;
  try {
    dict = parseDict(text);
  } catch (error) {
    throw corrupt(`its header is no Python dict (${(error as SyntaxError).message})`, error);
  }
  const descr = dict.get("descr");
  const fortranOrder = dict.get("fortran_order");
  const shape = dict.get("shape");
  if (dict.size !== 3 || descr === undefined || fortranOrder === undefined || shape === undefined) {
    throw corrupt(`its header has the keys ${[...dict.keys()].join(", ").slice(0, 80)}`);
  }
  if (typeof fortranOrder !== "boolean") throw corrupt("fortran_order is neither True nor False");
  if (typeof shape !== "object" || shape.type !== "tuple" || !shape.items.every(isBigInt)) {
    throw corrupt("the shape is no tuple of integers");
  }
  if (typeof descr === "object") throw unsupported("of a structured array");
  if (typeof descr !== "string") throw corrupt("the descr is no dtype");
  return { descr, fortranOrder, shape: shape.items };
}

/** In 64 bits and more: a product of dimensions overflows every number type of JavaScript. */
function checkSize(descr: string, shape: readonly bigint[], available: number): void {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  const isPossible = shape.length <= MOST_DIMENSIONS && shape.every((n) => n >= 0n && n <= most);
  if (!isPossible) throw corrupt(`the shape (${shape.join(", ").slice(0, 80)}) is impossible`);
  const count = shape.reduce((product, n) => product * n, 1n);
  // An element of unknown size is refused later, by dtypeOfDescr: nothing to measure here.
  const bytes = count * BigInt(itemSizeOfDescr(descr) ?? 0);
  if (count > most || bytes > BigInt(available)) {
    throw corrupt(`it promises ${count} elements of ${descr}, in ${available} bytes`);
  }
}

function isDimension(dimension: number): boolean {
  return Number.isSafeInteger(dimension) && dimension >= 0;
}

function isBigInt(literal: Literal): literal is bigint {
  return typeof literal === "bigint";
}

function corrupt(what: string, cause?: unknown): CacheError {
  const message = `not a valid .npy file: ${what}`;
  return new CacheError("ERR_CORRUPT_ENTRY", message, cause === undefined ? {} : { cause });
}
