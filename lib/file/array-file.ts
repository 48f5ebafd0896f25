/**
 * An array in a file: checked, then mapped or read.
 *
 * @module
 */

import { closeSync, fstatSync, openSync } from "node:fs";
import type { ArrayRecord, SidecarRecord } from "../format/manifest.ts";
import { fileBytes } from "../format/record.ts";
import { reviveArray } from "../format/revive.ts";
import { rememberDigest } from "../hash/known-digest.ts";
import { READ, readInto, touch } from "../store/file.ts";
import { inodeOf, isModifiedAt } from "../store/look.ts";
import type { Mapped } from "../store/map/mapper.ts";
import { isWritable, type MmapMode, mapRange } from "../store/map/mapping.ts";
import {
  claim,
  earlierMap,
  mapShared,
  mapSharedFile,
  sharedRange,
} from "../store/map/shared-map.ts";
import { readSum, writeSum } from "../store/sum.ts";
import { WarnOnce } from "../warning.ts";
import { loadTable } from "./arrow-file.ts";
import { readCompressed } from "./compressed-file.ts";
import { MappedDigest } from "./mapped-digest.ts";
import {
  checkHeader,
  contentOf,
  damaged,
  digestOf,
  headerOf,
  newRegion,
  type Region,
} from "./region.ts";
import { StoredMap } from "./stored-map.ts";

const warnings = new WarnOnce();

/** How far a file is checked before it is used. */
export type Verify = "none" | "size" | "full";

/** How an array is loaded. */
export interface LoadOptions {
  /** How it is mapped; `null` reads it into memory. */
  readonly mmapMode: MmapMode | null;
  readonly verify: Verify;
  /** Whether the caller can wait for what takes long. */
  readonly waits?: boolean;
}

/** A place in a file where an array was written. */
export interface ArrayPlace {
  readonly path: string;
  /** Where the `.npy` block begins. */
  readonly position: number;
  /** Whether the block is all of the file, so that the file's size is known. */
  readonly alone: boolean;
  /** The file, where it is open: in a way that the mode allows. */
  readonly fd?: number;
  /** The content, where it was decompressed before. */
  readonly decompressed?: Region | undefined;
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
 * array was opened for writing before: then its content is what was written. An array whose checksum
 * is not known yet gets one then.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where file and record differ.
 */
export function loadArray(place: ArrayPlace, record: SidecarRecord, options: LoadOptions): unknown {
  if ("arrow" in record) return loadTable(place, record, options);
  const { path, position, alone } = place;
  if (record.compressed) return loadCompressed(place, record, options);
  const mayBeQuick = place.fd === undefined && options.verify !== "full";
  const mapped = mayBeQuick ? mappedAtOnce(place, record, options) : undefined;
  if (mapped) return mapped;
  const fd = place.fd ?? openSync(path, isWritable(options.mmapMode) ? "r+" : READ);
  try {
    const end = position + record.offset + record.bytes;
    const stat = fstatSync(fd);
    const { size } = stat;
    if (alone ? size !== end : size < end) throw damaged(path, `${size} bytes, expected ${end}`);
    checkHeader(path, record, (header) => readInto(fd, header, position));

    const data = mapOrRead(fd, place, record, options.mmapMode);
    const isUntouched = alone && stat.mtimeMs === record.modified;
    if (options.verify === "full" && !place.isModified()) verify(data, path, record, isUntouched);
    // From here on others may find another digest in the file than the manifest's.
    if (isWritable(options.mmapMode)) {
      place.markModified();
      touch(fd);
    } else if (isUntouched) {
      rememberMapped(data, path, stat.ino, record);
    }
    return claimed(record, data.buffer, data.byteOffset, options);
  } finally {
    if (place.fd === undefined) closeSync(fd);
  }
}

/** Loads an array from a compressed file: into memory, whatever the mode. */
function loadCompressed(place: ArrayPlace, record: ArrayRecord, options: LoadOptions): unknown {
  const { path, position, alone } = place;
  const { mmapMode } = options;
  if (isWritable(mmapMode)) {
    warnings.warn(
      "compressed arrays",
      "CACHE_PRIVATE_COPY",
      `mmapMode "${mmapMode}" changes arrays that are stored as they are: ${path} is compressed, and ` +
        "what is written to it stays in this process",
    );
  }
  const fd = place.fd ?? openSync(path, READ);
  try {
    const end = position + fileBytes(record);
    const { size } = fstatSync(fd);
    if (alone ? size !== end : size < end) throw damaged(path, `${size} bytes, expected ${end}`);
    const data =
      place.decompressed ??
      readCompressed(path, record, (at, target) => readInto(fd, target, position + at));
    if (options.verify === "full" && digestOf(data) !== record.digest) {
      throw damaged(path, "its checksum is wrong");
    }
    return claimed(record, data.buffer, data.byteOffset, { ...options, mmapMode: null });
  } finally {
    if (place.fd === undefined) closeSync(fd);
  }
}

/**
 * An array over a map that was made and checked before, or that is made and checked in one go.
 *
 * @returns undefined where that has to be done step by step, which tells what is wrong.
 */
function mappedAtOnce(
  { path, position, alone }: ArrayPlace,
  record: ArrayRecord,
  options: LoadOptions,
): unknown {
  const { className, offset, bytes, modified } = record;
  if (options.mmapMode !== "r" || /^(Shared)?ArrayBuffer$/.test(className)) return undefined;
  const content = contentOf(record);
  const range = sharedRange(path, position + offset, bytes, content);
  const earlier = range === undefined ? undefined : earlierMap(path, range);
  if (earlier) return claimed(record, earlier.buffer, earlier.byteOffset, options);

  const header = headerOf(record, content);
  if (!alone || bytes === 0 || header.byteLength !== offset) return undefined;
  const made = mapSharedFile(path, header, bytes, range);
  if (made === undefined) return undefined;
  const { buffer, byteOffset, state } = made;
  if (isModifiedAt(state, modified)) {
    const stored = new StoredMap(buffer, path, inodeOf(state), modified, state);
    const region = { buffer, byteOffset, byteLength: bytes };
    rememberDigest(buffer, new MappedDigest(region, path, record, stored));
  }
  return claimed(record, buffer, byteOffset, options);
}

/** An array that has a claim to its map, which lasts until it is released. */
function claimed(
  record: ArrayRecord,
  buffer: ArrayBufferLike,
  byteOffset: number,
  { mmapMode }: LoadOptions,
): unknown {
  const { value, data } = reviveArray(record, buffer, byteOffset, mmapMode === "r");
  claim(data, buffer);
  return value;
}

/** An array has views to tell its users apart, an `ArrayBuffer` has not, and is shared by nobody. */
function mapArray(
  fd: number,
  start: number,
  record: ArrayRecord,
  mmapMode: MmapMode,
  path: string,
): Mapped | undefined {
  if (record.className === "ArrayBuffer") return mapRange(fd, start, record.bytes, mmapMode, path);
  return mapShared(fd, start, record.bytes, mmapMode, path, contentOf(record));
}

function mapOrRead(
  fd: number,
  { path, position }: ArrayPlace,
  record: ArrayRecord,
  mmapMode: MmapMode | null,
): Region {
  const { className, offset, bytes: byteLength } = record;
  const start = position + offset;
  const mappable = mmapMode !== null && byteLength > 0 && className !== "SharedArrayBuffer";
  const map = mappable ? mapArray(fd, start, record, mmapMode, path) : undefined;
  // An ArrayBuffer is all of its memory: a mapper that maps more than the range is of no use for it.
  const exact = className !== "ArrayBuffer" || map?.buffer.byteLength === byteLength;
  if (map && exact) return { ...map, byteLength };

  const region = newRegion(record);
  readInto(fd, region.buffer, start);
  return region;
}

/**
 * Compares the bytes with their checksum. Where there is none yet, it is kept, unless somebody else
 * has written to the file: then nobody knows what was stored.
 */
function verify(data: Region, path: string, record: ArrayRecord, isUntouched: boolean): void {
  const expected = record.digest ?? readSum({ path, ...record });
  if (expected === undefined && !isUntouched) {
    throw damaged(path, "it was changed before it had a checksum");
  }
  const digest = digestOf(data);
  if (expected === undefined) writeSum({ path, ...record }, digest);
  else if (digest !== expected) throw damaged(path, "its checksum is wrong");
}

/** Makes the digest of a map known while it is unwritten and the file is as it was written. */
function rememberMapped(region: Region, path: string, ino: number, record: ArrayRecord): void {
  const { buffer } = region;
  const stored = new StoredMap(buffer, path, ino, record.modified);
  if (stored.isClean()) rememberDigest(buffer, new MappedDigest(region, path, record, stored));
}
