/**
 * A compressed file: read, checked and decompressed into memory of its own.
 *
 * @module
 */

import { type FileHandle, open } from "node:fs/promises";
import { decompressed, decompressedLater, type Packed } from "../compress/decode.ts";
import { CacheError } from "../errors.ts";
import { fileBytes, type SidecarRecord } from "../format/record.ts";
import { READ } from "../store/file.ts";
import { checkHeader, damaged, type Region } from "./region.ts";

/** Fills the target with the bytes of a file from a position on. */
export type ReadBytes<T> = (position: number, target: Uint8Array) => T;

/** Decompressing less than this does not hold up what else is to be done. */
const WORTH_WAITING = 2 ** 17;

/** Whether decompressing a file takes so long that who can wait should. */
export function isLong({ compressed, bytes }: SidecarRecord): boolean {
  return compressed !== undefined && bytes > WORTH_WAITING;
}

/**
 * The content of a compressed file behind its head, in memory that has just its size.
 *
 * @param where what messages call the file.
 * @throws CacheError `ERR_CORRUPT_ENTRY` where anything in it is not as it was written.
 */
export function readCompressed(
  where: string,
  record: SidecarRecord,
  read: ReadBytes<void>,
): Region {
  return inFile(where, () => {
    const { packed, region } = packedIn(where, record, read);
    decompressed(packed);
    return region();
  });
}

/** The same of a local file, while the program goes on; the file's size is checked first. */
export async function loadCompressedLater(path: string, record: SidecarRecord): Promise<Region> {
  const handle = await open(path, READ);
  try {
    const { size } = await handle.stat();
    const expected = fileBytes(record);
    if (size !== expected) throw damaged(path, `${size} bytes, expected ${expected}`);
    return await readCompressedLater(path, record, (at, target) => fill(handle, at, target));
  } finally {
    await handle.close();
  }
}

async function fill(handle: FileHandle, position: number, target: Uint8Array): Promise<void> {
  for (let done = 0; done < target.byteLength; ) {
    const left = target.byteLength - done;
    const { bytesRead } = await handle.read(target, done, left, position + done);
    if (bytesRead === 0) throw new CacheError("ERR_CORRUPT_ENTRY", "the file ends too early");
    done += bytesRead;
  }
}

/** The content of a file, read while the program goes on. */
export async function readCompressedLater(
  where: string,
  record: SidecarRecord,
  read: ReadBytes<Promise<void>>,
): Promise<Region> {
  const { packed, region } = inFile(where, () => packedIn(where, record, read));
  await decompressedLater(packed).catch((error: unknown) => inFile(where, () => raise(error)));
  return region();
}

function packedIn(
  where: string,
  record: SidecarRecord,
  read: Packed["read"],
): { readonly packed: Packed; readonly region: () => Region } {
  const { offset, bytes: byteLength, compressed: compression } = record;
  if (compression === undefined) throw new CacheError("ERR_CORRUPT_ENTRY", "it is not compressed");
  let buffer: ArrayBufferLike = new ArrayBuffer(0);
  const place = (head: Uint8Array): ArrayBufferLike => {
    checkHeader(where, record, (header) => header.set(head.subarray(0, header.byteLength)));
    const isShared = "shared" in record && record.shared;
    buffer = isShared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength);
    return buffer;
  };
  const packed = { offset, bytes: byteLength, compression, read, place };
  return { packed, region: () => ({ buffer, byteOffset: 0, byteLength }) };
}

/** What is damaged in a file, with the file. */
function inFile<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (cause) {
    if (!(cause instanceof CacheError) || cause.path !== undefined) throw cause;
    const message = `${path} is damaged: ${cause.message}`;
    throw new CacheError(cause.code, message, { path, cause });
  }
}

function raise(error: unknown): never {
  throw error;
}
