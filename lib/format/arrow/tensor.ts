/**
 * Dense arrays as Arrow files of one column, which other programs read as a table.
 *
 * The rows run along the axis that varies slowest: the first in C order, the last in F order. A complex
 * number is a last axis of two, a boolean a byte. Where a row has an axis, it is a list of fixed size,
 * which says all there is to say of a matrix. Where it has more, it has the metadata of the canonical
 * extension type `arrow.fixed_shape_tensor`; in F order its `permutation` tells the order of the axes.
 * A matrix goes without, as Polars refuses columns of extension types that it does not know.
 *
 * https://arrow.apache.org/docs/format/CanonicalExtensions.html#fixed-shape-tensor
 *
 * @module
 */

import type { ArrowField, ArrowType } from "../../array/arrow.ts";
import { TypeId } from "../../array/arrow-layout.ts";
import { isMemory, type Packed, piecesOf } from "../../array/bytes.ts";
import type { DenseArray } from "../../array/dense.ts";
import { CacheError } from "../../errors.ts";
import type { ArrayForm } from "../record.ts";
import { assemble, batchPart, type Part } from "./assembly.ts";
import { decompressBuffer } from "./body-compression.ts";
import type { Memory } from "./body-reader.ts";
import { emptyBuffer, rangeOf } from "./buffer.ts";
import { arrowParts } from "./file-parts.ts";
import { ALIGNMENT } from "./message.ts";

/** How many rows there are, what is in one, and the column. */
interface Layout {
  readonly rows: number;
  /** Elements in a row; undefined where a row is one. */
  readonly size: number | undefined;
  readonly rowBytes: number;
  readonly field: ArrowField;
}

const COLUMN = "values";
const LARGEST_SIZE = 2 ** 31 - 1;
const LARGEST_COMPRESSED_BUFFER = 2 ** 24;

/** Whether an array can be the column of an Arrow file. */
export function isTensor(form: Pick<ArrayForm, "descr" | "shape" | "order">): boolean {
  return layoutOf(form) !== undefined;
}

/** Plans the file of an array that {@link isTensor}. It has one record batch, or many if compressed. */
export function planTensor(
  array: DenseArray,
  compression: { readonly level: number } | undefined,
): Packed {
  const layout = layoutOf(array) as Layout;
  const { rows, rowBytes, field } = layout;
  const { source } = array;
  const isSplit = compression !== undefined && isMemory(source) && rowBytes > 0;
  const each = isSplit ? Math.max(1, Math.floor(LARGEST_COMPRESSED_BUFFER / rowBytes)) : rows;
  function* parts(): Generator<Part> {
    for (let start = 0; start < rows; start += each) {
      const count = Math.min(each, rows - start);
      const begin = start * rowBytes;
      const values: Packed = {
        byteLength: count * rowBytes,
        pieces: () => {
          if (!isSplit || !isMemory(source)) return piecesOf(source);
          const view = ArrayBuffer.isView(source) ? source : new DataView(source);
          return rangeOf(view, begin, begin + count * rowBytes);
        },
      };
      yield batchPart(contentOf(layout, count, values), compression);
    }
  }
  const schema = { fields: [field], metadata: new Map<string, string>() };
  return assemble(schema, () => 0, parts);
}

/**
 * The elements of an array in memory that holds its file: a range of it, or memory of their own where
 * they are compressed.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where the file is none of that array.
 */
export function tensorElements(form: ArrayForm, memory: Memory): Memory {
  const { batches } = arrowParts(memory);
  const found = batches.map(({ header, body }): Memory => {
    const { buffers, codec } = header;
    const [offset, length] = [buffers.at(-2) ?? -1, buffers.at(-1) ?? -1];
    if (offset < 0 || length < 0 || offset + length > body.byteLength) throw damaged(form);
    const stored = {
      buffer: body.buffer,
      byteOffset: body.byteOffset + offset,
      byteLength: length,
    };
    return codec === undefined ? stored : decompressBuffer(stored, codec);
  });
  const bytes = found.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes !== form.bytes) throw damaged(form);
  const [only] = found;
  // What is stored behind a length, as it did not become smaller, lies where complex numbers cannot.
  if (only && found.length === 1 && only.byteOffset % ALIGNMENT === 0) return only;
  const whole = new ArrayBuffer(bytes);
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of found) {
    new Uint8Array(whole, at, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    at += byteLength;
  }
  return { buffer: whole, byteOffset: 0, byteLength: bytes };
}

function contentOf(
  { size }: Layout,
  rows: number,
  values: Packed,
): Parameters<typeof batchPart>[0] {
  const isList = size !== undefined;
  return {
    ...{ rows, variadicCounts: [], metadata: undefined, id: undefined },
    nodes: isList ? [rows, 0, rows * size, 0] : [rows, 0],
    buffers: isList ? [emptyBuffer, emptyBuffer, values] : [emptyBuffer, values],
  };
}

function layoutOf({
  descr,
  shape,
  order,
}: Pick<ArrayForm, "descr" | "shape" | "order">): Layout | undefined {
  const [, kind = "", bytes = ""] = /^[<|]([iufcb])(\d+)$/.exec(descr) ?? [];
  const isComplex = kind === "c";
  const width = Number(bytes) / (isComplex ? 2 : 1);
  const type = typeOf(isComplex ? "f" : kind, width);
  if (type === undefined) return undefined;
  const axes = order === "F" ? shape.toReversed() : shape;
  const [rows = 1, ...inRow] = [...axes, ...(isComplex ? [2] : [])];
  const size = inRow.reduce((product, extent) => product * extent, 1);
  if (inRow.length === 0) {
    return { rows, size: undefined, rowBytes: width, field: fieldOf(COLUMN, type) };
  }
  if (size > LARGEST_SIZE) return undefined;
  const children = [fieldOf("item", type)];
  const list = { typeId: TypeId.fixedSizeList, listSize: size, children };
  const axesInRow = inRow.length - (isComplex ? 1 : 0);
  const permutation = [...inRow.keys()].slice(0, axesInRow).reverse();
  if (isComplex) permutation.push(axesInRow);
  const isPermuted = order === "F" && axesInRow > 1;
  const tensor = { shape: inRow, ...(isPermuted && { permutation }) };
  const extension: [string, string][] = [
    ["ARROW:extension:name", "arrow.fixed_shape_tensor"],
    ["ARROW:extension:metadata", JSON.stringify(tensor)],
  ];
  const metadata = new Map(inRow.length > 1 ? extension : []);
  return { rows, size, rowBytes: size * width, field: fieldOf(COLUMN, list, metadata) };
}

function typeOf(kind: string, width: number): ArrowType | undefined {
  if (kind === "f" && [2, 4, 8].includes(width)) {
    return { typeId: TypeId.float, precision: Math.log2(width) - 1 };
  }
  const isInteger = (kind === "i" || kind === "u") && [1, 2, 4, 8].includes(width);
  if (!isInteger && !(kind === "b" && width === 1)) return undefined;
  return { typeId: TypeId.int, bitWidth: width * 8, isSigned: kind === "i" };
}

function fieldOf(name: string, type: ArrowType, metadata = new Map<string, string>()): ArrowField {
  return { name, type, nullable: false, metadata };
}

function damaged({ className, bytes }: ArrayForm): CacheError {
  const message = `the Arrow file is not that of a ${className} of ${bytes} bytes`;
  return new CacheError("ERR_CORRUPT_ENTRY", message);
}
