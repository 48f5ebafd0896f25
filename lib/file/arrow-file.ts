/**
 * An Arrow table in a file: mapped or read as a whole, and made into a table over that memory.
 *
 * @module
 */

import { closeSync, fstatSync, openSync } from "node:fs";
import { reviveTable } from "../format/arrow/table.ts";
import type { TableRecord } from "../format/record.ts";
import type { Revived } from "../format/revive.ts";
import { rememberColumns } from "../hash/arrow/known.ts";
import { READ, readInto, touch } from "../store/file.ts";
import { isWritable, type MmapMode } from "../store/map/mapping.ts";
import { claim, mapShared } from "../store/map/shared-map.ts";
import type { ArrayPlace, LoadOptions } from "./array-file.ts";
import { inFile } from "./file-path.ts";
import { damaged, digestOf, type Region } from "./region.ts";
import { StoredMap } from "./stored-map.ts";

/** The memory of a table that is mapped is a map of all of its file. */
const CONTENT = "arrow";
const memories = new WeakMap<object, WeakRef<ArrayBufferLike>>();

/**
 * Loads a table, with the checks of `loadArray`; there is no header to compare, but all that the file
 * says of its parts is compared with its size.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where file and record differ.
 */
export function loadTable(place: ArrayPlace, record: TableRecord, options: LoadOptions): unknown {
  const { path, position, alone } = place;
  const { mmapMode, verify } = options;
  const fd = place.fd ?? openSync(path, isWritable(mmapMode) ? "r+" : READ);
  try {
    const end = position + record.bytes;
    const stat = fstatSync(fd);
    const { size } = stat;
    if (alone ? size !== end : size < end) throw damaged(path, `${size} bytes, expected ${end}`);
    const region = mapOrRead(fd, position, record.bytes, mmapMode, path);
    if (verify === "full" && !place.isModified() && digestOf(region) !== record.digest) {
      throw damaged(path, "its checksum is wrong");
    }
    const revived = reviveTable(record, region, mmapMode === "r");
    if (isWritable(mmapMode)) {
      place.markModified();
      touch(fd);
    } else if (mmapMode !== null && alone && stat.mtimeMs === record.modified) {
      const stored = new StoredMap(region.buffer, path, stat.ino, record.modified);
      if (stored.isClean()) rememberColumns(region.buffer, () => stored.isUnwritten());
    }
    return claimed(revived, region);
  } catch (error) {
    throw inFile(path, error);
  } finally {
    if (place.fd === undefined) closeSync(fd);
  }
}

/** Loads a file of anyone's: an Arrow IPC file or stream as a table. */
export function loadArrowFile(fd: number, path: string, mmapMode: MmapMode | null): unknown {
  try {
    const { size } = fstatSync(fd);
    const region = mapOrRead(fd, 0, size, mmapMode, path);
    if (isWritable(mmapMode)) touch(fd);
    return claimed(reviveTable({ arrow: "Table" }, region), region);
  } catch (error) {
    throw inFile(path, error);
  }
}

/** The memory that a table was loaded over; undefined for anything else. */
export function memoryOfTable(table: object): ArrayBufferLike | undefined {
  return memories.get(table)?.deref();
}

function claimed({ value, data }: Revived, { buffer }: Region): unknown {
  claim(data, buffer);
  if (data === value && !ArrayBuffer.isView(data)) memories.set(data, new WeakRef(buffer));
  return value;
}

function mapOrRead(
  fd: number,
  position: number,
  byteLength: number,
  mmapMode: MmapMode | null,
  path: string,
): Region {
  const map =
    mmapMode === null || byteLength === 0
      ? undefined
      : mapShared(fd, position, byteLength, mmapMode, path, CONTENT);
  if (map) return { ...map, byteLength };
  const buffer = new ArrayBuffer(byteLength);
  readInto(fd, buffer, position);
  return { buffer, byteOffset: 0, byteLength };
}
