/**
 * Files as memory: one interface over the native addon and over `mmap-io`, and the choice between.
 *
 * Memory of modes `"r"` and `"c"` is private: it can be written, and nothing of that reaches the
 * file. `"r+"` and `"w+"` change the file.
 *
 * @module
 */

import { constants } from "node:buffer";
import { CacheError } from "../../errors.ts";
import { type Native, native, nativeFailure } from "../../native.ts";
import { reportFaults } from "./fault.ts";
import { mmapIo } from "./mmap-io.ts";

/** How a file is mapped, in the letters of NumPy. */
export type MmapMode = "r" | "c" | "r+" | "w+";

/** A range of a file in memory: its first byte is at `byteOffset` of `buffer`. */
export interface Mapped {
  /** The mapped pages; unmapped when collected, unless {@link Mapper.release} does it before. */
  readonly buffer: ArrayBuffer;
  /** Where the range begins. */
  readonly byteOffset: number;
}

/** What maps files. */
export interface Mapper {
  /** Which implementation this is. */
  readonly name: "addon" | "mmap-io";
  /** The longest range that one map can have. */
  readonly maxBytes: number;

  /**
   * Maps `byteLength` > 0 bytes of an open file from `offset` on. The file may be closed afterwards.
   *
   * With the addon, the first write to a map of mode `"r"` is a `CacheWarning` that names `label`,
   * and a page that the file no longer has is zeros and an error `ERR_CORRUPT_ENTRY` on the event
   * loop. mmap-io has neither: there the process dies of such a page.
   *
   * @param options `counted`: what goes with the map is worth a garbage collection. V8 counts some of
   * the other maps as well, see {@link Native.map}, and all of mmap-io.
   * @throws {@link CacheError} `ERR_NATIVE` when the range is longer than {@link Mapper.maxBytes};
   * an error of the system with its own `code`, `ENXIO` when the file is shorter than the range.
   */
  map(
    fd: number,
    offset: number,
    byteLength: number,
    mode: MmapMode,
    options?: { readonly label?: string; readonly counted?: boolean },
  ): Mapped;

  /**
   * Maps, in mode `"r"` and in one go, what follows the head of a file; see {@link Native.mapFile}.
   *
   * @returns undefined where that has to be done step by step.
   */
  mapFile(
    path: string,
    head: Uint8Array,
    byteLength: number,
    state: BigUint64Array,
  ): ArrayBuffer | undefined;

  /**
   * Makes a map of mode `"r+"` one of mode `"c"`, in place: address and bytes stay.
   *
   * @param fd the file that was mapped, open.
   * @returns `false`, and nothing has changed, where the mapper or the system cannot do it.
   */
  makePrivate(buffer: ArrayBufferLike, fd: number): boolean;

  /**
   * How many pages of a map of mode `"r"` or `"c"` have been written to: 0 only if it is untouched.
   * `undefined` where nobody can tell.
   */
  dirtyPages(buffer: ArrayBufferLike): number | undefined;

  /** Unmaps a buffer at once, which leaves it empty; `false` if that is not possible. */
  release(buffer: ArrayBufferLike): boolean;
}

/** Writes to `"r"` are a mistake and are reported, writes to `"c"` are on purpose. */
const ACCESS = { r: "guarded", c: "private", "r+": "shared", "w+": "shared" } as const;

let chosen: { readonly mapper: Mapper | undefined } | undefined;
let warned = false;

/** The best mapper there is, or `undefined` when arrays have to be read instead. */
export function mapper(): Mapper | undefined {
  if (chosen === undefined) {
    const addon = native();
    chosen = { mapper: addon === undefined ? mmapIo() : addonMapper(addon) };
  }
  return chosen.mapper;
}

/** Warns, once for each process, that arrays are read into memory because nothing maps them. */
export function warnNoMapper(): void {
  if (warned) return;
  warned = true;
  const reason = nativeFailure()?.message ?? "The native addon refused to map";
  process.emitWarning(`Arrays are read into memory instead of being mapped. ${reason}`, {
    type: "CacheWarning",
    code: "CACHE_NO_MAPPER",
  });
}

function addonMapper(addon: Native): Mapper {
  reportFaults(addon);
  const maxBytes = Math.min(constants.MAX_LENGTH, Number.MAX_SAFE_INTEGER);
  return {
    name: "addon",
    maxBytes,
    map(fd, offset, byteLength, mode, { label = "A mapped array", counted = false } = {}) {
      if (byteLength > maxBytes) {
        throw new CacheError(
          "ERR_NATIVE",
          `${label} holds ${byteLength} bytes, and a map ends at ${maxBytes} bytes on Node ` +
            `${process.versions.node}: use Node 22 or later, or mmapMode: null to read it into memory`,
          { path: label },
        );
      }
      const buffer = addon.map(fd, offset, byteLength, ACCESS[mode], label, counted);
      return { buffer, byteOffset: 0 };
    },
    mapFile: (path, head, byteLength, state) =>
      byteLength > maxBytes ? undefined : addon.mapFile(path, head, byteLength, state),
    makePrivate: (buffer, fd) => addon.makePrivate(buffer, fd),
    dirtyPages: (buffer) => addon.dirtyPages(buffer),
    release: (buffer) => addon.unmap(buffer),
  };
}
