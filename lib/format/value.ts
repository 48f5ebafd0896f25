/**
 * A value as a small record and the arrays in it, each a `.npy` file or block.
 *
 * An array's bytes pass through here once: they are hashed on their way to where they are written,
 * in windows of the array itself, so that no memory grows with it. Everything that is no array
 * travels as a structured clone in which each array is a numbered slot.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { types } from "node:util";
import { windows } from "../array/bytes.ts";
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

/**
 * Writes the arrays of a value to the sink and returns what the manifest keeps of it.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to the part that would not come back the
 * same; nothing has been written then.
 */
export function encodeValue(value: unknown, sink: Sink): Encoded {
  const node = process.versions.node;
  if (isExactInJson(value)) return { value: { json: value }, arrays: [], node };

  const { bytes, arrays } = encodeClone(value);
  // Names that no other entry uses: a reader whose entry is replaced under it finds none of the new
  // files by the names of the old ones.
  const nonce = randomUUID().slice(0, 8);
  const records = arrays.map((array, slot) => writeArray(array, `${slot}-${nonce}.npy`, sink));
  const isOneArray = ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
  return {
    value: isOneArray ? { array: 0 } : writeClone(bytes, `value-${nonce}.zst`, sink),
    arrays: records,
    node,
  };
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

function writeArray(array: DenseArray, file: string, sink: Sink): ArrayRecord {
  const { className, descr, shape, order, shared, source } = array;
  const header = encodeNpyHeader({ descr, fortranOrder: order === "F", shape });
  const digest = new Digest();
  const modified = Math.floor((Date.now() - MODIFIED_BEFORE_MS) / 1000) * 1000;
  sink.write(file, hashed(header, array, digest), modified);
  return {
    ...{ file, className, descr, shape, order, shared, modified },
    ...{ offset: header.byteLength, bytes: source.byteLength, digest: digest.hex() },
  };
}

function* hashed(header: Uint8Array, array: DenseArray, digest: Digest): Generator<Uint8Array> {
  yield header;
  for (const window of windows(array.source)) {
    digest.update(window);
    yield window;
  }
}

function writeClone(bytes: Uint8Array, file: string, sink: Sink): ValueRecord {
  const rawBytes = bytes.byteLength;
  if (rawBytes <= LARGEST_RAW_CLONE) return { clone: base64(bytes) };
  const frame = compress(bytes);
  if (frame.byteLength <= LARGEST_INLINE_FRAME) return { zstd: base64(frame), rawBytes };
  sink.write(file, windows(frame));
  return { file, bytes: frame.byteLength, rawBytes, digest: digestBytes(frame) };
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
