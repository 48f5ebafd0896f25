/**
 * A value as a small record and the arrays in it, each a `.npy` file or block.
 *
 * An array's bytes pass through here once: they are hashed on their way to where they are written,
 * in windows of the array itself, so that no memory grows with it; or not at all, where the sink can
 * make a file of the array as it is. Everything that is no array travels as a structured clone in
 * which each array is a numbered slot.
 *
 * @module
 */

import { type ByteSource, isMemory, piecesOf } from "../array/bytes.ts";
import { CacheError } from "../errors.ts";
import { Digest, digestBytes } from "../hash/xxh3.ts";
import { type PlannedTable, planColumn, planTable } from "./arrow/table.ts";
import { decodeClone, encodeClone } from "./clone.ts";
import type { Content } from "./content.ts";
import { type Divided, divide, formOf, splitInline, withInline } from "./inline.ts";
import type { Manifest, SidecarRecord, ValueRecord } from "./manifest.ts";
import { encodeNpyHeader } from "./npy.ts";
import type { Undigested } from "./record.ts";
import { compress, decompress } from "./zstd.ts";

/** Where files (or blocks) of a value are written to. */
export interface Sink {
  /**
   * Writes one file from consecutive pieces.
   *
   * @param modified the modification time that it is given, in milliseconds since 1970.
   * @param byteLength how many bytes the pieces have, where that is known.
   */
  write(name: string, pieces: Iterable<Uint8Array>, modified?: number, byteLength?: number): void;

  /**
   * Makes memory a file, behind the bytes of `head`, without copying it; `false` where it has to be
   * written. The memory stays its owner's, and what he writes to it then is not in the file.
   */
  adopt?(name: string, head: Uint8Array, source: ByteSource, modified: number): boolean;
}

/** Where files (or blocks) of a value are read from. */
export interface Source {
  /** The array or table of a record, mapped or read. */
  array(record: SidecarRecord): unknown;
  /** All bytes of a small file, whose length was checked. */
  bytes(file: string, byteLength: number): Uint8Array;
}

/** What a manifest keeps of a value. */
export type Encoded = Pick<Manifest, "value" | "arrays" | "inline" | "node">;

const LARGEST_RAW_CLONE = 512;
const LARGEST_INLINE_FRAME = 16_384;
// Older than the resolution of any file system's clock.
const MODIFIED_BEFORE_MS = 10_000;

/** An array or table that is to be written to a file of its own. */
export interface PlannedSidecar {
  /** What the manifest keeps of it, except the checksum. */
  readonly record: Undigested;
  /** What the file begins with: the `.npy` header; nothing of a table. */
  readonly head: Uint8Array;
  /** The content behind `head`, in windows; the same bytes each time. */
  pieces(): Iterable<Uint8Array>;
  /** The memory of that content, where it lies in one piece: the array's own. */
  readonly source?: ByteSource;
}

/** What is to be written of a value, and what of it is in the manifest then. */
export interface ValuePlan {
  readonly sidecars: readonly PlannedSidecar[];
  /** A file for what is no array, where that does not fit into the manifest. */
  readonly clone: { readonly file: string; readonly bytes: Uint8Array } | undefined;
  /** What the manifest keeps of the value, with the checksums of the sidecars' content. */
  encoded(digests: readonly SidecarRecord["digest"][]): Encoded;
}

/** How a value is written. */
export interface PlanOptions {
  /** Whether small arrays in a value may do without files: nobody can map or adopt them then. */
  readonly inline?: boolean | undefined;
  /** The level of zstd that the buffers of tables are compressed with, where they are. */
  readonly tableLevel?: number | undefined;
  /** What dense arrays are written as. */
  readonly format?: ArrayFormat | undefined;
}

/** The file of a dense array: NumPy's, or an Arrow file of one column. */
export type ArrayFormat = "npy" | "arrow";

/**
 * What is to be written of a value. Reads no element of an array that has a file.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to the part that would not come back the
 * same.
 */
export function planValue(value: unknown, options: PlanOptions = {}): ValuePlan {
  const { inline: mayInline } = options;
  const node = process.versions.node;
  if (isExactInJson(value)) {
    return {
      sidecars: [],
      clone: undefined,
      encoded: () => ({ value: { json: value }, node, arrays: [] }),
    };
  }

  let parts: Divided = { filed: [], inline: [] };
  const { bytes } = encodeClone(value, {
    arrange(contents) {
      // An array that is the whole value is what other programs look for.
      const isWhole = contents.length === 1 && contents[0]?.of === value;
      parts = mayInline && !isWhole ? divide(contents) : { filed: contents, inline: [] };
      return [...parts.filed, ...parts.inline];
    },
  });
  const { filed, inline } = parts;
  // Names that no other entry uses: a reader whose entry is replaced under it finds none of the new
  // files by the names of the old ones.
  const nonce = process.getBuiltinModule("node:crypto").randomUUID().slice(0, 8);
  const sidecars = filed.map((content, slot) => planSidecar(content, `${slot}-${nonce}`, options));
  const { record, clone } =
    filed.length > 0 && filed[0]?.of === value
      ? { record: { array: 0 }, clone: undefined }
      : planClone(withInline(bytes, inline), `value-${nonce}.zst`);
  const forms = inline.map(({ array }) => formOf(array));
  return {
    ...{ sidecars, clone },
    encoded: (digests) => ({
      value: record,
      arrays: sidecars.map((sidecar, slot) => withDigest(sidecar.record, digests[slot] ?? null)),
      ...(forms.length > 0 && { inline: forms }),
      node,
    }),
  };
}

/** The value that was encoded. @throws CacheError `ERR_CORRUPT_ENTRY` where something is damaged. */
export function decodeValue({ value, arrays, inline = [] }: Encoded, source: Source): unknown {
  if ("json" in value) return value.json;
  const loaded = arrays.map((record) => source.array(record));
  if ("array" in value) return loaded[value.array];
  const split = splitInline(readClone(value, source), inline);
  return decodeClone(split.clone, [...loaded, ...split.arrays]);
}

function isExactInJson(value: unknown): value is string | number | boolean | null {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.length <= LARGEST_RAW_CLONE && value.isWellFormed();
  return typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0);
}

function planSidecar(
  content: Content,
  name: string,
  { tableLevel: level, format = "npy" }: PlanOptions,
): PlannedSidecar {
  const modified = Math.floor((Date.now() - MODIFIED_BEFORE_MS) / 1000) * 1000;
  const compression = level === undefined ? undefined : { level };
  if ("table" in content) {
    return arrowSidecar(planTable(content.of, content.table, { compression }), name, modified);
  }
  const column = format === "arrow" ? planColumn(content.array, { compression }) : undefined;
  if (column) return arrowSidecar(column, name, modified);
  const { source, ...form } = content.array;
  const { descr, order, shape } = form;
  const head = encodeNpyHeader({ descr, fortranOrder: order === "F", shape });
  const record = {
    ...{ file: `${name}.npy`, ...form, modified },
    ...{ offset: head.byteLength, bytes: source.byteLength },
  };
  const planned = { record, head, pieces: () => piecesOf(source) };
  return isMemory(source) ? { ...planned, source } : planned;
}

function arrowSidecar(
  { form, pieces }: PlannedTable,
  name: string,
  modified: number,
): PlannedSidecar {
  const record = { ...form, file: `${name}.arrow`, modified, offset: 0 } as const;
  return { record, head: new Uint8Array(), pieces };
}

function withDigest(record: Undigested, digest: SidecarRecord["digest"]): SidecarRecord {
  return { ...record, digest };
}

/** Writes an array or table, or has the sink adopt it: then its checksum is not known yet. */
export function writeSidecar(sidecar: PlannedSidecar, sink: Sink): string | null {
  const { record, head, source } = sidecar;
  const { file, modified, offset, bytes } = record;
  if (source && sink.adopt?.(file, head, source, modified)) return null;
  const digest = new Digest();
  sink.write(file, hashed(sidecar, digest), modified, offset + bytes);
  return digest.hex();
}

function* hashed({ head, pieces }: PlannedSidecar, digest: Digest): Generator<Uint8Array> {
  if (head.byteLength > 0) yield head;
  for (const piece of pieces()) {
    digest.update(piece);
    yield piece;
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
