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
import { readBeginning } from "./look.ts";

const READ_WINDOW = 2 ** 26;

/**
 * Opens a file of the cache for reading. In the place of one there may be a pipe, which somebody else
 * has made: to open that without this flag is to wait for its writer. Of a file it changes nothing.
 */
export const READ: number = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

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
const modified = new Float64Array(1);

/** How a small file is read. */
export interface SmallFile {
  /** Called with the file's modification time, in milliseconds since 1970, if it is there. */
  readonly use?: ((modified: number) => void) | undefined;
  /**
   * What a whole file ends with, in ASCII: where this is read, it is not looked for more, which saves a
   * system call. The caller must notice, by a checksum, that it was the end of a part.
   */
  readonly ending?: string;
}

/**
 * Reads a small file.
 *
 * @returns the bytes, valid until the next call (they lie in a reused buffer), or `undefined` where
 * there is no such file.
 * @throws CacheError `ERR_CORRUPT_ENTRY` for a file over 64 MiB, and for a pipe in its place.
 */
export function readSmall(path: string, { use, ending }: SmallFile = {}): Buffer | undefined {
  if (ending !== undefined) {
    const length = readBeginning(path, scratch, use && modified);
    if (length === -1) return undefined;
    if (isEnd(length, ending)) {
      use?.(modified[0] as number);
      return scratch.subarray(0, length);
    }
  }
  let fd: number;
  try {
    fd = openSync(path, READ);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  try {
    const length = readToEnd(fd, ending);
    if (use) use(fstatSync(fd).mtimeMs);
    return scratch.subarray(0, length);
  } catch (error) {
    // A pipe has no positions.
    if (errorCode(error) !== "ESPIPE") throw error;
    throw new CacheError("ERR_CORRUPT_ENTRY", "it is no regular file", { path, cause: error });
  } finally {
    closeSync(fd);
  }
}

/** Reads a file into the reused buffer, which grows where need be; returns its length. */
function readToEnd(fd: number, ending: string | undefined): number {
  for (let length = 0; ; ) {
    const count = readSync(fd, scratch, length, scratch.byteLength - length, length);
    length += count;
    if (length > LARGEST_SMALL_FILE) {
      throw new CacheError("ERR_CORRUPT_ENTRY", "more than 64 MiB are too many for a manifest");
    }
    if (count === 0 || (ending !== undefined && isEnd(length, ending))) return length;
    if (length === scratch.byteLength) {
      const larger = Buffer.allocUnsafeSlow(2 * length);
      scratch.copy(larger);
      scratch = larger;
    }
  }
}

/** Whether a file ends here: what fills the buffer may go on, and look like an end by chance. */
function isEnd(length: number, ending: string): boolean {
  const start = length - ending.length;
  if (start < 0 || length === scratch.byteLength) return false;
  for (let i = 0; i < ending.length; i++) {
    if (scratch[start + i] !== ending.charCodeAt(i)) return false;
  }
  return true;
}

/** Gives an open file the modification time of now: its checksum may no longer hold. */
export function touch(fd: number): void {
  const now = Date.now() / 1000;
  futimesSync(fd, now, now);
}
