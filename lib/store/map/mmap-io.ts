/**
 * The optional package `mmap-io` as a mapper, for where the native addon is not to be had.
 *
 * It takes sizes and offsets modulo 2^32 without an error, maps from whole pages only, does not see
 * that a file is too short, and never unmaps. So it is given less than 2 GiB, below 2 GiB, from the
 * page below, after a look at the size of the file.
 *
 * @module
 */

import { fstatSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { CacheError } from "../../errors.ts";
import type { Mapper } from "./mapper.ts";

/** The part of the package that is used. */
interface MmapIo {
  readonly PAGESIZE: number;
  readonly PROT_READ: number;
  readonly PROT_WRITE: number;
  readonly MAP_PRIVATE: number;
  readonly MAP_SHARED: number;
  map(size: number, protection: number, flags: number, fd: number, offset: number): Buffer;
}

/** The first length, and the first offset, that it would take for something else. */
const LIMIT = 2 ** 31;

/** A mapper over `mmap-io`, from beside ndmemo or from the working directory, if it can be loaded. */
export function mmapIo(): Mapper | undefined {
  const mmap = load();
  if (mmap === undefined) return undefined;
  // Each buffer keeps the `Buffer` alive that the package returned, whatever its finalizer hangs on.
  const owners = new WeakMap<ArrayBufferLike, Buffer>();
  return {
    name: "mmap-io",
    maxBytes: LIMIT - mmap.PAGESIZE,
    map(fd, offset, byteLength, mode) {
      const delta = offset % mmap.PAGESIZE;
      const end = offset + byteLength;
      if (delta + byteLength >= LIMIT || offset >= LIMIT) {
        throw new CacheError(
          "ERR_NATIVE",
          `Cannot map ${byteLength} bytes at offset ${offset} with mmap-io, which ends at 2 GiB. ` +
            "Build ndmemo's native addon, or load the array into memory with mmapMode: null",
        );
      }
      const { size } = fstatSync(fd);
      if (size < end) throw tooShort(size, end);

      const shared = mode === "r+" || mode === "w+";
      const owner = mmap.map(
        delta + byteLength,
        mmap.PROT_READ | mmap.PROT_WRITE,
        shared ? mmap.MAP_SHARED : mmap.MAP_PRIVATE,
        fd,
        offset - delta,
      );
      const buffer = owner.buffer as ArrayBuffer;
      owners.set(buffer, owner);
      return { buffer, byteOffset: owner.byteOffset + delta };
    },
    mapFile: () => undefined,
    makePrivate: () => false,
    dirtyPages: () => undefined,
    release: () => false,
  };
}

function tooShort(size: number, end: number): NodeJS.ErrnoException {
  const message = `ENXIO: the file ends at byte ${size}, the range at byte ${end}`;
  return Object.assign(new Error(message), { code: "ENXIO" });
}

/** A copy that cannot be loaded, because it was built for another Node, counts as none. */
function load(): MmapIo | undefined {
  for (const from of [() => import.meta.url, () => join(process.cwd(), "package.json")]) {
    try {
      return createRequire(from())("mmap-io") as MmapIo;
    } catch {
      // Not here; the working directory itself may be gone.
    }
  }
  return undefined;
}
