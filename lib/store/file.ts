/**
 * Files read and written whole: every short read and short write is seen, and no single system
 * call is asked for more than it can do (2 GiB).
 *
 * @module
 */

import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { type ByteSource, windows } from "../array/bytes.ts";
import { CacheError } from "../errors.ts";
import { errorCode } from "../warning.ts";

const READ_WINDOW = 2 ** 26;

/** Writes all bytes of a window at the file's position. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) {
    done += writeSync(fd, bytes, done, bytes.byteLength - done);
  }
}

/**
 * Fills memory from a position of a file on; the destination is written in place.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` where the file ends before the destination does.
 */
export function readInto(fd: number, destination: ByteSource, position: number): void {
  let at = position;
  for (const window of windows(destination, READ_WINDOW)) {
    fill(fd, window, at);
    at += window.byteLength;
  }
}

/** Fills a window that one system call can fill. */
function fill(fd: number, window: Uint8Array, position: number): void {
  for (let done = 0; done < window.byteLength; ) {
    const at = position + done;
    const count = readSync(fd, window, done, window.byteLength - done, at);
    if (count === 0) throw new CacheError("ERR_CORRUPT_ENTRY", `file ends at byte ${at}`);
    done += count;
  }
}

/** Opens a file, hands it over, and closes it whatever happens. */
export function withFile<T>(path: string, flags: string | number, use: (fd: number) => T): T {
  const fd = openSync(path, flags);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** Whether a rename failed because the name is in use (Windows says `EPERM` or `EACCES`). */
export function isTaken(error: unknown): boolean {
  const codes = ["ENOTEMPTY", "EEXIST"];
  if (process.platform === "win32") codes.push("EPERM", "EACCES");
  return codes.includes(errorCode(error));
}

/** Whether an error says that there is no such file or directory. */
export function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}

const LARGEST_SMALL_FILE = 2 ** 26;
let scratch: Buffer = Buffer.allocUnsafeSlow(2 ** 16);

/**
 * Reads a small file.
 *
 * @param use called with the modification time of the file, in milliseconds since 1970, if it is there.
 * @returns the bytes, valid until the next call (they lie in a reused buffer), or `undefined` where
 * there is no such file.
 * @throws CacheError `ERR_CORRUPT_ENTRY` for a file over 64 MiB.
 */
export function readSmall(
  path: string,
  use: ((modified: number) => void) | false,
): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  try {
    const { size, mtimeMs } = fstatSync(fd);
    if (size > LARGEST_SMALL_FILE) {
      throw new CacheError("ERR_CORRUPT_ENTRY", `${size} bytes are too many for a manifest`);
    }
    if (size > scratch.byteLength) scratch = Buffer.allocUnsafeSlow(2 * size);
    const bytes = scratch.subarray(0, size);
    fill(fd, bytes, 0);
    if (use) use(mtimeMs);
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** Gives an open file the modification time of now: its checksum may no longer hold. */
export function touch(fd: number): void {
  const now = Date.now() / 1000;
  futimesSync(fd, now, now);
}
