/**
 * An array in a file: checked, then mapped or read.
 *
 * @module
 */

import { closeSync, fstatSync, openSync, type Stats, statSync } from "node:fs";
import { type ByteSource, windows } from "../array/bytes.ts";
import { reviveDense } from "../array/dense.ts";
import { CacheError } from "../errors.ts";
import type { ArrayRecord } from "../format/manifest.ts";
import { encodeNpyHeader } from "../format/npy.ts";
import { rememberDigest } from "../hash/known-digest.ts";
import { Digest } from "../hash/xxh3.ts";
import { readInto, touch } from "../store/file.ts";
import { mapper } from "../store/mapper.ts";
import { isWritable, type MmapMode, mapRange } from "../store/mapping.ts";

/** How far a file is checked before it is used. */
export type Verify = "none" | "size" | "full";

/** How an array is loaded. */
export interface LoadOptions {
  /** How it is mapped; `null` reads it into memory. */
  readonly mmapMode: MmapMode | null;
  readonly verify: Verify;
}

/** A place in a file where an array was written. */
export interface ArrayPlace {
  readonly path: string;
  /** Where the `.npy` block begins. */
  readonly position: number;
  /** Whether the block is all of the file, so that the file's size is known. */
  readonly alone: boolean;
  /** Remembers that the array may be written to in place, so that its checksum may not hold. */
  markModified(): void;
  /** Whether that was remembered. */
  isModified(): boolean;
}

/**
 * Loads an array.
 *
 * The file's size and the `.npy` header are compared with the record, whatever `verify` says:
 * beyond the end of a file a map is a crash. With `verify: "full"` all bytes are hashed, unless the
 * array was opened for writing before: then its content is what was written.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where file and record differ.
 */
export function loadArray(place: ArrayPlace, record: ArrayRecord, options: LoadOptions): unknown {
  const { path, position, alone } = place;
  const fd = openSync(path, isWritable(options.mmapMode) ? "r+" : "r");
  try {
    const end = position + record.offset + record.bytes;
    const stat = fstatSync(fd);
    const { size } = stat;
    if (alone ? size !== end : size < end) throw damaged(path, `${size} bytes, expected ${end}`);
    checkHeader(fd, place, record);

    const data = mapOrRead(fd, place, record, options.mmapMode);
    const isPromised = options.verify === "full" && !place.isModified();
    if (isPromised && digestOf(data) !== record.digest) {
      throw damaged(path, "its checksum is wrong");
    }
    // From here on others may find another digest in the file than the manifest's.
    if (isWritable(options.mmapMode)) {
      place.markModified();
      touch(fd);
    } else if (alone && stat.mtimeMs === record.modified) {
      rememberMapped(data, path, stat, record);
    }
    return reviveDense(record.className, data.buffer, data.byteOffset, data.byteLength);
  } finally {
    closeSync(fd);
  }
}

/** Bytes in memory or in a map. */
interface Region {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}

function mapOrRead(
  fd: number,
  { path, position }: ArrayPlace,
  { className, offset, bytes: byteLength, shared }: ArrayRecord,
  mmapMode: MmapMode | null,
): Region {
  const start = position + offset;
  const mappable = mmapMode !== null && byteLength > 0 && className !== "SharedArrayBuffer";
  const map = mappable ? mapRange(fd, start, byteLength, mmapMode, path) : undefined;
  // An ArrayBuffer is all of its memory: a mapper that maps more than the range is of no use for it.
  const exact = className !== "ArrayBuffer" || map?.buffer.byteLength === byteLength;
  if (map && exact) return { ...map, byteLength };

  const buffer = shared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength);
  readInto(fd, buffer, start);
  return { buffer, byteOffset: 0, byteLength };
}

/** Makes the digest of a map known while it is unwritten and the file is as it was written. */
function rememberMapped(
  { buffer, byteOffset, byteLength }: Region,
  path: string,
  { ino }: Stats,
  { digest, modified }: ArrayRecord,
): void {
  // Held weakly, as what is known of a buffer must not keep it alive.
  const weak = new WeakRef(buffer);
  const isUnwritten = (): boolean => {
    const mapped = weak.deref();
    return mapped !== undefined && mapper()?.dirtyPages(mapped) === 0;
  };
  if (!isUnwritten()) return;
  const isCurrent = (): boolean => {
    const now = statSync(path, { throwIfNoEntry: false });
    return now?.ino === ino && now.mtimeMs === modified && isUnwritten();
  };
  const known = { byteOffset, byteLength, digest: Buffer.from(digest, "hex"), isCurrent };
  rememberDigest(buffer, known);
}

function checkHeader(fd: number, { path, position }: ArrayPlace, record: ArrayRecord): void {
  const { descr, order, shape, offset } = record;
  const expected = encodeNpyHeader({ descr, fortranOrder: order === "F", shape });
  const found = Buffer.alloc(expected.byteLength);
  if (offset !== expected.byteLength) throw damaged(path, `its header has ${offset} bytes`);
  readInto(fd, found, position);
  if (!found.equals(expected)) throw damaged(path, "its header is not the one it was written with");
}

function digestOf({ buffer, byteOffset, byteLength }: Region): string {
  const digest = new Digest();
  for (const window of windows(rangeOf(buffer, byteOffset, byteLength))) digest.update(window);
  return digest.hex();
}

/** A range as a byte source; not as one view, since a `Uint8Array` ends at 4 GiB on Node 20. */
function rangeOf(buffer: ArrayBufferLike, byteOffset: number, byteLength: number): ByteSource {
  return byteOffset === 0 && buffer.byteLength === byteLength
    ? buffer
    : new DataView(buffer, byteOffset, byteLength);
}

function damaged(path: string, what: string): CacheError {
  return new CacheError("ERR_CORRUPT_ENTRY", `${path} is damaged: ${what}`, { path });
}
