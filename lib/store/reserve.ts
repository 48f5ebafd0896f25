/**
 * Disk space for a file before it is written: through a map, where a full disk would be a crash, or at
 * once, which is faster then.
 *
 * @module
 */

import { fstatSync } from "node:fs";
import { dirname } from "node:path";
import { type Native, native } from "../native.ts";
import { errorCode, errorMessage } from "../warning.ts";
import { writeAll } from "./file.ts";

const BLOCK = 512;
const ZEROS = new Uint8Array(2 ** 20);
const WORTH_RESERVING = 2 ** 22;

/**
 * Makes a file `byteLength` bytes long, all of which have their place on the disk.
 *
 * Where the file system cannot reserve space, zeros are written from the position of the file on: its
 * bytes must end there.
 *
 * @throws an error of the system with its `code`: `ENOSPC`, `EDQUOT`, `EFBIG`.
 */
export function reserve(addon: Native, fd: number, byteLength: number, path: string): void {
  try {
    const { size: written } = fstatSync(fd);
    addon.allocate(fd, byteLength);
    // Windows reserves what it makes longer, and counts in other units.
    if (process.platform === "win32" || fstatSync(fd).blocks * BLOCK >= byteLength) return;
    for (let at = written; at < byteLength; at += ZEROS.byteLength) {
      writeAll(fd, ZEROS.subarray(0, Math.min(ZEROS.byteLength, byteLength - at)));
    }
  } catch (cause) {
    const message = `Cannot reserve ${byteLength} bytes for an array in ${dirname(path)}`;
    throw Object.assign(new Error(`${message}: ${errorMessage(cause)}`, { cause }), {
      ...{ code: errorCode(cause), path },
    });
  }
}

/**
 * Reserves space for what is about to be written from the position of a file on, where that makes it
 * faster. Changes nothing else, and never fails.
 */
export function reserveAhead(fd: number, byteLength: number): void {
  if (byteLength >= WORTH_RESERVING) native()?.reserveAhead(fd, byteLength);
}
