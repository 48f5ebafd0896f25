/**
 * The body of a record batch as columns over its memory.
 *
 * Every size and place that the metadata names is compared with the memory before it is used. What
 * lies inside the buffers (offsets, indices) is not looked at: it can be wrong, but JavaScript does not
 * read outside of an array.
 *
 * @module
 */

import type { ArrowData, ArrowType, ArrowVector } from "../../array/arrow.ts";
import { type ArrowLayout, indexWidth, layoutOf } from "../../array/arrow-layout.ts";
import { CacheError } from "../../errors.ts";
import type { ArrowLibrary } from "../../type/arrow-package.ts";
import { decompressBuffer } from "./body-compression.ts";
import type { BatchHeader } from "./message.ts";

/** Memory that holds a file, or a part of one. */
export interface Memory {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** The dictionaries that were read so far. */
export type Dictionaries = Map<number, ArrowVector>;

type ArrayClass = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => object;

const RAW_CLASS = Uint8Array as ArrayClass & { readonly BYTES_PER_ELEMENT: number };

/** Reads the columns of one record batch, one after the other. */
export class BodyReader {
  readonly #library: ArrowLibrary;
  readonly #body: Memory;
  readonly #header: BatchHeader;
  readonly #dictionaries: Dictionaries;
  readonly #hasUnionValidity: boolean;
  /** Compressed bytes that buffers may still have: several with the same would be any amount. */
  #left: number;
  #node = 0;
  #buffer = 0;
  #variadic = 0;

  constructor(
    library: ArrowLibrary,
    body: Memory,
    header: BatchHeader,
    dictionaries: Dictionaries,
    version: number,
  ) {
    this.#library = library;
    this.#body = body;
    this.#left = body.byteLength;
    this.#header = header;
    this.#dictionaries = dictionaries;
    // Version 5 of the format, number 4, did away with it.
    this.#hasUnionValidity = version < 4;
  }

  /** The next column. @param minRows how many rows it has at least. */
  column(type: ArrowType, minRows: number): ArrowData {
    const layout = layoutOf(type);
    const { nodes } = this.#header;
    const [rows, nulls] = [nodes[this.#node] ?? -1, nodes[this.#node + 1] ?? -1];
    this.#node += 2;
    if (rows < minRows || nulls < 0 || nulls > rows) throw damaged();
    const { kind } = layout;
    const isUnion = kind === "sparse" || kind === "dense";
    let nullBitmap: object | undefined;
    if (kind !== "null" && (!isUnion || this.#hasUnionValidity)) {
      const isNeeded = nulls > 0 && !isUnion;
      const bits = this.#array(RAW_CLASS, isNeeded ? Math.ceil(rows / 8) : 0);
      if (isNeeded) nullBitmap = bits;
    }
    return this.#library.makeData({
      ...{ type, length: rows, nullBitmap },
      ...(isUnion ? {} : { nullCount: nulls }),
      ...this.#parts(type, layout, rows),
    });
  }

  #parts(type: ArrowType, layout: ArrowLayout, rows: number): Readonly<Record<string, unknown>> {
    const ArrayType = (type as { ArrayType?: unknown }).ArrayType as typeof RAW_CLASS;
    switch (layout.kind) {
      case "null":
        return {};
      case "bool":
        return { data: this.#array(RAW_CLASS, Math.ceil(rows / 8)) };
      case "fixed":
        return { data: this.#array(ArrayType, rows * layout.width) };
      case "variable":
        return { valueOffsets: this.#offsets(layout.wide, rows), data: this.#array(RAW_CLASS, 0) };
      case "view": {
        const views = this.#array(RAW_CLASS, rows * 16);
        const count = this.#header.variadicCounts[this.#variadic++] ?? 0;
        if (count < 0 || count > this.#header.buffers.length / 2) throw damaged();
        const length = count;
        return {
          views,
          variadicBuffers: Array.from({ length }, () => this.#array(RAW_CLASS, 0)),
        };
      }
      case "list":
        return {
          valueOffsets: this.#offsets(layout.wide, rows),
          child: this.column(childType(type, 0), 0),
        };
      case "fixedList":
        return { child: this.column(childType(type, 0), rows * layout.size) };
      case "struct":
        return { children: this.#children(type, rows) };
      case "sparse":
        return { typeIds: this.#array(Int8Array, rows), children: this.#children(type, rows) };
      case "dense": {
        const typeIds = this.#array(Int8Array, rows);
        const valueOffsets = this.#array(Int32Array, rows * 4);
        return { typeIds, valueOffsets, children: this.#children(type, 0) };
      }
      case "dictionary": {
        const IndexArray = (type.indices as { ArrayType?: unknown }).ArrayType as typeof RAW_CLASS;
        const data = this.#array(IndexArray, rows * indexWidth(type));
        return { data, dictionary: this.#dictionary(type) };
      }
    }
  }

  #children(type: ArrowType, rows: number): ArrowData[] {
    return (type.children ?? []).map((child) => this.column(child.type, rows));
  }

  #dictionary(type: ArrowType): ArrowVector {
    const found = this.#dictionaries.get(type.id ?? -1);
    if (found) return found;
    // A file of no rows, or of nulls alone, may leave it out.
    const empty = this.#library.makeData({ type: type.dictionary, length: 0, nullCount: 0 });
    return new this.#library.Vector([empty]);
  }

  #offsets(wide: boolean, rows: number): object {
    const bytes = wide ? 8 : 4;
    const offsets = this.#array(
      wide ? BigInt64Array : Int32Array,
      rows === 0 ? 0 : bytes * (rows + 1),
    );
    // An empty column may have none; one is what the library expects.
    const isMissing = (offsets as { length: number }).length === 0;
    return isMissing ? new (wide ? BigInt64Array : Int32Array)(1) : offsets;
  }

  /** The next buffer as an array of a class. */
  #array(Class: ArrayClass & { readonly BYTES_PER_ELEMENT: number }, minBytes: number): object {
    const { buffers, codec } = this.#header;
    const [offset, length] = [buffers[this.#buffer] ?? -1, buffers[this.#buffer + 1] ?? -1];
    this.#buffer += 2;
    if (offset < 0 || length < 0 || offset + length > this.#body.byteLength) throw damaged();
    const stored = {
      ...{ buffer: this.#body.buffer, byteOffset: this.#body.byteOffset + offset },
      byteLength: length,
    };
    if (codec !== undefined) this.#left -= length;
    if (this.#left < 0) throw damaged();
    const memory = codec === undefined ? stored : decompressBuffer(stored, codec, this.#library);
    if (memory.byteLength < minBytes) throw damaged();
    return arrayOver(Class, memory);
  }
}

/** An array over memory; over a copy, where numbers cannot lie there. */
function arrayOver(
  Class: ArrayClass & { readonly BYTES_PER_ELEMENT: number },
  { buffer, byteOffset, byteLength }: Memory,
): object {
  const itemSize = Class.BYTES_PER_ELEMENT;
  const length = Math.floor(byteLength / itemSize);
  if (byteOffset % itemSize === 0) return new Class(buffer, byteOffset, length);
  const copy = new Uint8Array(buffer, byteOffset, length * itemSize).slice();
  return new Class(copy.buffer, 0, length);
}

function childType(type: ArrowType, index: number): ArrowType {
  const child = type.children?.[index];
  if (child === undefined) throw damaged();
  return child.type;
}

function damaged(): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", "a record batch of the Arrow file is damaged");
}
