/**
 * A value as a small record and the arrays in it, each a `.npy` file or block.
 *
 * An array's bytes pass through here once: they are hashed on their way to where they are written,
 * in windows of the array itself, so that no memory grows with it; or not at all, where the sink can
 * make a file of the array as it is. Everything that is no array
 * travels as a structured clone in which each array is a numbered slot.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { types } from "node:util";
import { type ByteSource, windows } from "../array/bytes.ts";
import type { DenseArray } from "../array/dense.ts";
import { CacheError } from "../errors.ts";
import { Digest, digestBytes } from "../hash/xxh3.ts";
import { decodeClone, encodeClone } from "./clone.ts";
import type { ArrayRecord, Manifest, ValueRecord } from "./manifest.ts";
import { encodeNpyHeader } from "./npy.ts";
import { compress, decompress } from "./zstd.ts";

/** Where files (or blocks) of a value are written to. */
export interface Sink {
  /**
   * Writes one file from consecutive pieces.
   *
   * @param modified the modification time that it is given, in milliseconds since 1970.
   */
  write(name: string, pieces: Iterable<Uint8Array>, modified?: number): void;

  /**
   * Makes memory a file, behind the bytes of `head`, without copying it; `false` where it has to be
   * written. The memory stays its owner's, and what he writes to it then is not in the file.
   */
  adopt?(name: string, head: Uint8Array, source: ByteSource, modified: number): boolean;
}

/** Where files (or blocks) of a value are read from. */
export interface Source {
  /** The array of a record, mapped or read. */
  array(record: ArrayRecord): unknown;
  /** All bytes of a small file, whose length was checked. */
  bytes(file: string, byteLength: number): Uint8Array;
}

/** What a manifest keeps of a value. */
export type Encoded = Pick<Manifest, "value" | "arrays" | "node">;

const LARGEST_RAW_CLONE = 512;
const LARGEST_INLINE_FRAME = 16_384;
// Older than the resolution of any file system's clock.
const MODIFIED_BEFORE_MS = 10_000;

/** An array that is to be written: a file of a `.npy` header and the elements. */
export interface PlannedArray {
  /** What the manifest keeps of it, except the checksum. */
  readonly record: Omit<ArrayRecord, "digest">;
  readonly header: Uint8Array;
  /** The memory of the elements: the array's own. */
  readonly source: ByteSource;
}

/** What is to be written of a value, and what of it is in the manifest then. */
export interface ValuePlan {
  readonly arrays: readonly PlannedArray[];
  /** A file for what is no array, where that does not fit into the manifest. */
  readonly clone: { readonly file: string; readonly bytes: Uint8Array } | undefined;
  /** What the manifest keeps of the value, with the checksums of the arrays' elements. */
  encoded(digests: readonly ArrayRecord["digest"][]): Encoded;
}

/**
 * What is to be written of a value. Reads no element of an array.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to the part that would not come back the
 * same.
 */
export function planValue(value: unknown): ValuePlan {
  const node = process.versions.node;
  if (isExactInJson(value)) {
    return {
      ...{ arrays: [], clone: undefined },
      encoded: () => ({ value: { json: value }, arrays: [], node }),
    };
  }

  const { bytes, arrays } = encodeClone(value);
  // Names that no other entry uses: a reader whose entry is replaced under it finds none of the new
  // files by the names of the old ones.
  const nonce = randomUUID().slice(0, 8);
  const planned = arrays.map((array, slot) => planArray(array, `${slot}-${nonce}.npy`));
  const isDense = ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
  // A view may also be an instance of a registered class, which is stored as something else.
  const isOneArray = isDense && arrays[0]?.source === value;
  const { record, clone } = isOneArray
    ? { record: { array: 0 }, clone: undefined }
    : planClone(bytes, `value-${nonce}.zst`);
  return {
    ...{ arrays: planned, clone },
    encoded: (digests) => ({
      value: record,
      arrays: planned.map((array, slot) => ({
        ...array.record,
        digest: digests[slot] as ArrayRecord["digest"],
      })),
      node,
    }),
  };
}

/**
 * Writes the arrays of a value to the sink and returns what the manifest keeps of it.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to the part that would not come back the
 * same; nothing has been written then.
 */
export function encodeValue(value: unknown, sink: Sink): Encoded {
  const { arrays, clone, encoded } = planValue(value);
  const digests = arrays.map((array) => writeArray(array, sink));
  if (clone) sink.write(clone.file, windows(clone.bytes));
  return encoded(digests);
}

/** The value that was encoded. @throws CacheError `ERR_CORRUPT_ENTRY` where something is damaged. */
export function decodeValue({ value, arrays }: Encoded, source: Source): unknown {
  if ("json" in value) return value.json;
  const loaded = arrays.map((record) => source.array(record));
  return "array" in value ? loaded[value.array] : decodeClone(readClone(value, source), loaded);
}

function isExactInJson(value: unknown): value is string | number | boolean | null {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.length <= LARGEST_RAW_CLONE && value.isWellFormed();
  return typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0);
}

function planArray(array: DenseArray, file: string): PlannedArray {
  const { className, descr, shape, order, shared, source } = array;
  const header = encodeNpyHeader({ descr, fortranOrder: order === "F", shape });
  const modified = Math.floor((Date.now() - MODIFIED_BEFORE_MS) / 1000) * 1000;
  const record = {
    ...{ file, className, descr, shape, order, shared, modified },
    ...{ offset: header.byteLength, bytes: source.byteLength },
  };
  return { record, header, source };
}

/** Writes an array, or has the sink adopt it: then its checksum is not known yet. */
function writeArray({ record, header, source }: PlannedArray, sink: Sink): string | null {
  const { file, modified } = record;
  if (sink.adopt?.(file, header, source, modified)) return null;
  const digest = new Digest();
  sink.write(file, hashed(header, source, digest), modified);
  return digest.hex();
}

function* hashed(header: Uint8Array, source: ByteSource, digest: Digest): Generator<Uint8Array> {
  yield header;
  for (const window of windows(source)) {
    digest.update(window);
    yield window;
  }
}

function planClone(
  bytes: Uint8Array,
  file: string,
): { readonly record: ValueRecord; readonly clone: ValuePlan["clone"] } {
  const rawBytes = bytes.byteLength;
  if (rawBytes <= LARGEST_RAW_CLONE) return { record: { clone: base64(bytes) }, clone: undefined };
  const frame = compress(bytes);
  const { byteLength } = frame;
  if (byteLength <= LARGEST_INLINE_FRAME) {
    return { record: { zstd: base64(frame), rawBytes }, clone: undefined };
  }
  const record = { file, bytes: byteLength, rawBytes, digest: digestBytes(frame) };
  return { record, clone: { file, bytes: frame } };
}

function readClone(
  value: Exclude<ValueRecord, { json: unknown } | { array: unknown }>,
  source: Source,
): Uint8Array {
  if ("clone" in value) return Buffer.from(value.clone, "base64");
  if ("zstd" in value) return decompress(Buffer.from(value.zstd, "base64"), value.rawBytes);
  const frame = source.bytes(value.file, value.bytes);
  if (digestBytes(frame) !== value.digest) {
    throw new CacheError("ERR_CORRUPT_ENTRY", `the checksum of ${value.file} is wrong`);
  }
  return decompress(frame, value.rawBytes);
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
