/**
 * The manifest of an entry: what `entry.json` says about its value, its arrays and the call.
 *
 * One line of JSON whose last property is the XXH3-128 of all bytes before it:
 *
 * ```
 * {"format":1,"key":{…},"async":false,"value":{…},"arrays":[…],"metadata":{…},"checksum":"<32 hex>"}
 * ```
 *
 * Nothing in a manifest is believed before its checksum and its shape were verified.
 *
 * @module
 */

import { CacheError } from "../errors.ts";
import { digestBytes } from "../hash/xxh3.ts";
import {
  type ArrayForm,
  isArrayForm,
  isCount,
  isDigest,
  isRecord,
  isSidecarRecord,
  type SidecarRecord,
} from "./record.ts";

export type {
  ArrayForm,
  ArrayRecord,
  Compression,
  SidecarFile,
  SidecarRecord,
  TableRecord,
} from "./record.ts";

/** How the value is put together from the arrays. */
export type ValueRecord =
  /** A primitive that JSON keeps exactly. */
  | { readonly json: string | number | boolean | null }
  /** The value is one of the arrays. */
  | { readonly array: number }
  /** A structured clone with slots for the arrays, in base64. */
  | { readonly clone: string }
  /** The same, compressed with zstd. */
  | { readonly zstd: string; readonly rawBytes: number }
  /** The same, in a file of its own. */
  | {
      readonly file: string;
      readonly bytes: number;
      readonly rawBytes: number;
      readonly digest: string;
    };

/** What a manifest holds; `Metadata` is the caller's business and not looked into. */
export interface Manifest<Key = unknown, Metadata = unknown> {
  /** What the entry is named by; compared by the reader. */
  readonly key: Key;
  /** Whether the function returned a promise of the value. */
  readonly async: boolean;
  readonly value: ValueRecord;
  /** The arrays and tables that have files of their own. */
  readonly arrays: readonly SidecarRecord[];
  /** Small arrays without files, whose bytes follow the clone, in the slots behind those of `arrays`. */
  readonly inline?: readonly ArrayForm[];
  readonly metadata: Metadata;
  /** The Node version whose structured clone it is. */
  readonly node: string;
}

const FORMAT = 1;
const BEFORE_CHECKSUM = ',"checksum":"';
const AFTER_CHECKSUM = '"}';
const CHECKSUM_LENGTH = BEFORE_CHECKSUM.length + 32 + AFTER_CHECKSUM.length;
const ROOM_FOR_CHECKSUM = " ".repeat(CHECKSUM_LENGTH);

/** A manifest as UTF-8, with its checksum. */
export function encodeManifest(manifest: Manifest): Buffer {
  const body = JSON.stringify({ format: FORMAT, ...manifest }).slice(0, -1);
  const bytes = Buffer.from(body + ROOM_FOR_CHECKSUM);
  const end = bytes.byteLength - CHECKSUM_LENGTH;
  bytes.write(checksumOf(bytes.subarray(0, end)), end, "latin1");
  return bytes;
}

/**
 * The manifest that these bytes hold.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where the checksum or the shape is wrong,
 * `ERR_FORMAT_VERSION` where another version wrote it.
 */
export function decodeManifest(bytes: Buffer): Manifest {
  const end = Math.max(0, bytes.byteLength - CHECKSUM_LENGTH);
  const body = bytes.subarray(0, end);
  if (bytes.toString("latin1", end) !== checksumOf(body)) {
    throw new CacheError("ERR_CORRUPT_ENTRY", "the manifest's checksum is wrong");
  }

  const parsed = parseObject(`${body.toString("utf8")}}`);
  if (parsed["format"] !== FORMAT) {
    throw new CacheError(
      "ERR_FORMAT_VERSION",
      `format ${String(parsed["format"])} is not the format ${FORMAT} of this version of ndmemo`,
    );
  }
  const { async, arrays, inline, value, node } = parsed;
  const isWhole =
    typeof async === "boolean" &&
    typeof node === "string" &&
    Array.isArray(arrays) &&
    arrays.every(isSidecarRecord) &&
    areDistinct(arrays) &&
    (inline === undefined || (Array.isArray(inline) && inline.every(isArrayForm))) &&
    isValueRecord(value, arrays.length);
  if (!isWhole) throw new CacheError("ERR_CORRUPT_ENTRY", "the manifest has not the right shape");
  return parsed as unknown as Manifest;
}

/** Whether each array has a file of its own: else a small store could stand for any amount of memory. */
function areDistinct(arrays: readonly SidecarRecord[]): boolean {
  return arrays.length < 2 || new Set(arrays.map(({ file }) => file)).size === arrays.length;
}

/** The end of a manifest. */
function checksumOf(body: Uint8Array): string {
  return BEFORE_CHECKSUM + digestBytes(body) + AFTER_CHECKSUM;
}

function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new CacheError("ERR_CORRUPT_ENTRY", "the manifest is not JSON", { cause });
  }
  if (!isRecord(parsed)) throw new CacheError("ERR_CORRUPT_ENTRY", "the manifest is no object");
  return parsed;
}

function isValueRecord(value: unknown, arrays: number): value is ValueRecord {
  if (!isRecord(value)) return false;
  if ("json" in value) return !isRecord(value["json"]) && !Array.isArray(value["json"]);
  if ("array" in value) return isCount(value["array"]) && value["array"] < arrays;
  if ("clone" in value) return typeof value["clone"] === "string";
  if ("zstd" in value) return typeof value["zstd"] === "string" && isCount(value["rawBytes"]);
  return (
    typeof value["file"] === "string" &&
    /^value-[0-9a-f]{8}\.zst$/.test(value["file"]) &&
    isCount(value["bytes"]) &&
    isCount(value["rawBytes"]) &&
    isDigest(value["digest"])
  );
}
