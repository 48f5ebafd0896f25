/**
 * Files that lie elsewhere: checked, and read into memory a range at a time.
 *
 * @module
 */

import { windows } from "../array/bytes.ts";
import { reviveTable } from "../format/arrow/table.ts";
import type { SidecarRecord, TableRecord } from "../format/manifest.ts";
import { fileBytes } from "../format/record.ts";
import { reviveArray } from "../format/revive.ts";
import type { Verify } from "./array-file.ts";
import { readCompressedLater } from "./compressed-file.ts";
import { inFile } from "./file-path.ts";
import { checkHeader, damaged, digestOf, newRegion, type Region } from "./region.ts";

/** A file that lies elsewhere. */
export interface RemoteFile {
  /** What messages call it. */
  readonly where: string;
  /** Fills `target` with its bytes from `position` on, and tells how many it has in all. */
  read(position: number, target: Uint8Array): Promise<number>;
}

// Small files take one request, and no size is believed before it was compared with the file's.
const FIRST_READ = 2 ** 20;
const LARGEST_READ = 2 ** 30;
const READ_AHEAD = 2 ** 23;

/**
 * Reads an array into memory of its own, with the checks of `loadArray`.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where file and record differ.
 */
export async function fetchArray(
  file: RemoteFile,
  record: SidecarRecord,
  verify: Verify,
): Promise<unknown> {
  const { where } = file;
  if ("arrow" in record) return fetchTable(file, record, verify);
  const { offset, bytes, digest } = record;
  if (record.compressed) {
    const region = await fetchCompressed(file, record);
    if (verify === "full" && digestOf(region) !== digest) {
      throw damaged(where, "its checksum is wrong");
    }
    return reviveArray(record, region.buffer, 0, false).value;
  }
  const start = await readStart(file, offset + bytes);
  checkHeader(where, record, (header) => header.set(start.subarray(0, offset)));

  const region = newRegion(record);
  await fill(file, offset, region.buffer, start.subarray(offset));
  if (verify === "full" && digest !== null && digestOf(region) !== digest) {
    throw damaged(where, "its checksum is wrong");
  }
  return reviveArray(record, region.buffer, 0, false).value;
}

async function fetchTable(file: RemoteFile, record: TableRecord, verify: Verify): Promise<unknown> {
  const start = await readStart(file, record.bytes);
  const buffer = new ArrayBuffer(record.bytes);
  await fill(file, 0, buffer, start);
  const region = { buffer, byteOffset: 0, byteLength: record.bytes };
  if (verify === "full" && digestOf(region) !== record.digest) {
    throw damaged(file.where, "its checksum is wrong");
  }
  try {
    return reviveTable(record, region).value;
  } catch (error) {
    throw inFile(file.where, error);
  }
}

/** Reads a compressed file some frames at a time, since each request takes its time. */
async function fetchCompressed(file: RemoteFile, record: SidecarRecord): Promise<Region> {
  const { where } = file;
  const expected = fileBytes(record);
  let known = await readStart(file, expected);
  let begin = 0;
  return readCompressedLater(where, record, async (position, target) => {
    const isKnown = position >= begin && position + target.byteLength <= begin + known.byteLength;
    if (!isKnown) {
      begin = position;
      const ahead = Math.max(target.byteLength, Math.min(READ_AHEAD, expected - position));
      if (known.byteLength !== ahead) known = new Uint8Array(ahead);
      await file.read(position, known);
    }
    target.set(known.subarray(position - begin, position - begin + target.byteLength));
  });
}

/** Reads a whole file. @throws CacheError `ERR_CORRUPT_ENTRY` where it has another length. */
export async function fetchBytes(file: RemoteFile, byteLength: number): Promise<Uint8Array> {
  const start = await readStart(file, byteLength);
  const bytes = new Uint8Array(byteLength);
  await fill(file, 0, bytes.buffer, start);
  return bytes;
}

async function readStart({ where, read }: RemoteFile, byteLength: number): Promise<Uint8Array> {
  const start = new Uint8Array(Math.min(byteLength, FIRST_READ));
  const size = await read(0, start);
  if (size === byteLength) return start;
  throw damaged(where, `${size} bytes, expected ${byteLength}`);
}

/** Fills memory with the bytes of a file from `offset` on, the first of which are there already. */
async function fill(
  { read }: RemoteFile,
  offset: number,
  buffer: ArrayBufferLike,
  start: Uint8Array,
): Promise<void> {
  new Uint8Array(buffer, 0, start.byteLength).set(start);
  let position = offset + start.byteLength;
  for (const window of windows(new DataView(buffer, start.byteLength), LARGEST_READ)) {
    await read(position, window);
    position += window.byteLength;
  }
}
