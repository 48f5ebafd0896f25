/**
 * What a manifest keeps of the arrays and tables in a value.
 *
 * Nothing in a record is believed before its shape was verified.
 *
 * @module
 */

import { descrOfClass } from "../array/dense.ts";
import { descrOfElements } from "../array/elements.ts";
import type { NdarrayForm } from "../array/ndarray.ts";
import { itemSizeOfDescr } from "./npy-dtype.ts";

/** What an array is, besides its bytes. */
export interface ArrayForm {
  /** The class of the value, such as `Float64Array`, `Buffer` or `ndarray`. */
  readonly className: string;
  /** The `descr` of the `.npy` header. */
  readonly descr: string;
  /** Elements along each axis. */
  readonly shape: readonly number[];
  /** Which axis runs fastest: the last (`C`) or the first (`F`). */
  readonly order: "C" | "F";
  /** Whether the view lay on a `SharedArrayBuffer`. */
  readonly shared: boolean;
  /** Bytes of the elements. */
  readonly bytes: number;
  /** What more there is to know of an ndarray. */
  readonly ndarray?: NdarrayForm;
}

/** The file, or the block of a bundle, that holds an array or a table. */
export interface SidecarFile {
  /** The name of the file, or of the block. */
  readonly file: string;
  /** Where the elements begin in the content: the length of the `.npy` header. */
  readonly offset: number;
  /** XXH3-128 of the bytes from `offset` on; `null` where it was not computed before the entry appeared. */
  readonly digest: string | null;
  /**
   * The modification time that the file was given, in milliseconds since 1970; the past, so that any
   * later write to the file shows, however coarse the clock of its file system is.
   */
  readonly modified: number;
  /** How the content is compressed; missing where the file is the content. */
  readonly compressed?: Compression;
}

/** How the content of a file is compressed: the file's name ends in `.zst` then. */
export interface Compression {
  /** Bytes of the file. */
  readonly bytes: number;
  /** How bytes were put in another order before they were compressed. */
  readonly filter: "none" | "shuffle" | "bitshuffle";
  /** Bytes of an element, as the filter took them. */
  readonly itemSize: number;
  /** The level of zstd. */
  readonly level: number;
  /** Bytes of content in each frame. */
  readonly frame: number;
}

/** An array of an entry: a `.npy` file beside the manifest, or a block of a bundle. */
export interface ArrayRecord extends ArrayForm, SidecarFile {}

/** An Arrow table, or a part of one: an `.arrow` file beside the manifest, or a block of a bundle. */
export interface TableRecord extends SidecarFile {
  /** What the file is made into again. */
  readonly arrow: "Table" | "RecordBatch" | "Vector" | "Schema" | "Array";
  /** The dense array that is the file's column, where it is one. */
  readonly array?: ArrayForm;
  /** The class of the value. */
  readonly className: string;
  readonly descr: "arrow";
  /** Rows, and columns where there may be several. */
  readonly shape: readonly number[];
  readonly order: "C";
  readonly offset: 0;
  /** Bytes of the file's content. */
  readonly bytes: number;
}

/** An array or table that has a file. */
export type SidecarRecord = ArrayRecord | TableRecord;

/** A record before its checksum is known. */
export type Undigested = Omit<ArrayRecord, "digest"> | Omit<TableRecord, "digest">;

/** Bytes of the file of a record. */
export function fileBytes({ offset, bytes, compressed }: SidecarFile & { bytes: number }): number {
  return compressed?.bytes ?? offset + bytes;
}

/** Whether a record is one of a manifest. */
export function isSidecarRecord(record: unknown): record is SidecarRecord {
  return (
    isRecord(record) &&
    isFile(record) &&
    ("arrow" in record ? isTableRecord(record) : isArrayForm(record))
  );
}

/** What files are called: those that are as they are, and compressed ones. */
const NPY_NAMES = [/^\d{1,9}-[0-9a-f]{8}\.npy$/, /^\d{1,9}-[0-9a-f]{8}\.npy\.zst$/] as const;
const ARROW_NAMES = [/^\d{1,9}-[0-9a-f]{8}\.arrow$/, /^\d{1,9}-[0-9a-f]{8}\.arrow\.zst$/] as const;

function isFile(record: Record<string, unknown>): boolean {
  const { file, offset, digest, modified, compressed } = record;
  const [plain, small] = "arrow" in record ? ARROW_NAMES : NPY_NAMES;
  return (
    typeof file === "string" &&
    (compressed === undefined ? plain : small).test(file) &&
    isCount(offset) &&
    isCount(modified) &&
    (digest === null || isDigest(digest)) &&
    (compressed === undefined || isCompression(compressed))
  );
}

function isCompression(compressed: unknown): compressed is Compression {
  return (
    isRecord(compressed) &&
    isCount(compressed["bytes"]) &&
    ["none", "shuffle", "bitshuffle"].includes(compressed["filter"] as string) &&
    isCount(compressed["itemSize"]) &&
    Number.isSafeInteger(compressed["level"]) &&
    isCount(compressed["frame"])
  );
}

function isTableRecord(record: Unknown): boolean {
  const { arrow, array, className, descr, shape, order, offset, bytes } = record;
  return (
    (arrow === "Array"
      ? isArrayForm(array)
      : ["Table", "RecordBatch", "Vector", "Schema"].includes(arrow as string)) &&
    typeof className === "string" &&
    descr === "arrow" &&
    isShape(shape) &&
    order === "C" &&
    offset === 0 &&
    isCount(bytes)
  );
}

/** Whether something describes an array without contradicting itself. */
export function isArrayForm(record: unknown): record is ArrayForm {
  if (!isRecord(record)) return false;
  const { className, descr, shape, order, shared, bytes } = record;
  return (
    typeof className === "string" &&
    typeof descr === "string" &&
    isShape(shape) &&
    (order === "C" || order === "F") &&
    typeof shared === "boolean" &&
    isCount(bytes) &&
    isConsistent(record as unknown as ArrayForm)
  );
}

/** Whether class, element type, shape and size tell of one array. */
function isConsistent({ className, descr, shape, bytes, ndarray }: ArrayForm): boolean {
  if (ndarray === undefined ? shape.length !== 1 : !isNdarrayForm(ndarray)) return false;
  const held =
    ndarray === undefined
      ? (descrOfClass(className) ?? descrOfElements(className))
      : descrOfElements(ndarray.data);
  if (held !== undefined && held !== descr) return false;
  const itemSize = itemSizeOfDescr(descr);
  const elements = shape.reduce((product, extent) => product * extent, 1);
  return itemSize !== undefined && elements * itemSize === bytes;
}

function isNdarrayForm(form: NdarrayForm): boolean {
  if (!isRecord(form)) return false;
  const { library, kind, dtype, description, data, mode, submode, readonly } = form as NdarrayForm;
  const isOfLibrary =
    library === "@stdlib/ndarray"
      ? ["base", "ctor", "fancy"].includes(kind as string)
      : library === "ndarray" && kind === undefined;
  const texts = [dtype, data, description ?? "", mode ?? "", ...(submode ?? [])];
  return (
    isOfLibrary &&
    texts.every((text) => typeof text === "string") &&
    (readonly === undefined || readonly === true)
  );
}

type Unknown = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a size. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether a value is an XXH3-128 in hex digits. */
export function isDigest(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
}

function isShape(shape: unknown): shape is number[] {
  return Array.isArray(shape) && shape.every(isCount);
}
