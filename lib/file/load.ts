/**
 * One value read from one file: a bundle of ours, or a `.npy` or an Arrow file of anyone's.
 *
 * @module
 */

import { fstatSync, writeSync } from "node:fs";
import { CacheError } from "../errors.ts";
import { isArrowFile, isArrowStream } from "../format/arrow/file-parts.ts";
import {
  type BundleManifest,
  decodeBundleManifest,
  isBundle,
  MODIFIED_POSITION,
  manifestLength,
  TRAILER_LENGTH,
} from "../format/bundle.ts";
import { decodeValue } from "../format/value.ts";
import { checkOptions } from "../options.ts";
import { readInto, withFile } from "../store/file.ts";
import { checkMmapMode, isWritable, type MmapMode } from "../store/map/mapping.ts";
import { loadArray } from "./array-file.ts";
import { loadArrowFile } from "./arrow-file.ts";
import { filePath, inFile } from "./file-path.ts";
import { isNpy, loadNpy } from "./npy-file.ts";

/** How {@link load} reads. */
export interface LoadFileOptions {
  /** How arrays are mapped; `null`, the default, reads them into memory. */
  readonly mmapMode?: MmapMode | null | undefined;
}

const HEAD_LENGTH = 16;

/**
 * Reads the value of a file that {@link dump} or NumPy wrote. What it is, is not checked against `T`.
 *
 * With `mmapMode` the arrays are mapped: this takes microseconds and no memory, whatever their size.
 * Without, they are read into memory of their own, and the checksums of a bundle are verified.
 *
 * A `.npy` file of one axis is a typed array. One of several axes (or of none), of complex or of
 * boolean elements is an ndarray of `@stdlib/ndarray`; where that is not installed, and for 64-bit
 * integers, which it does not have, an object with its fields: `data`, `dtype`, `shape`, `strides`
 * (in elements), `offset` and `order`.
 *
 * An Arrow IPC file (`.arrow`, Feather version 2) or stream is a `Table` of `apache-arrow`, over the map
 * where there is one; buffers that are compressed are in memory.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY` for a file that is damaged or of no known kind,
 * `ERR_UNSUPPORTED_VALUE` for elements that JavaScript has no array for (strings, dates, objects),
 * or, when a map is asked, for foreign byte order.
 */
export function load<T = unknown>(path: string | URL, options: LoadFileOptions = {}): T {
  const file = filePath(path);
  const { mmapMode = null } = checkOptions<LoadFileOptions>("load", options, {
    mmapMode: checkMmapMode,
  });
  // One opening: somebody may put another file in its place at any time.
  return withFile(file, isWritable(mmapMode) ? "r+" : "r", (fd) => {
    const { size } = fstatSync(fd);
    const head = Buffer.alloc(HEAD_LENGTH);
    readInto(fd, head.subarray(0, Math.min(size, head.byteLength)), 0);
    if (isNpy(head)) return loadNpy(fd, file, mmapMode);
    if (isBundle(head)) {
      const isModified = head[MODIFIED_POSITION] === 1;
      return loadBundle(fd, file, readManifest(fd, size, file), mmapMode, isModified);
    }
    if (isArrowFile(head) || isArrowStream(head)) return loadArrowFile(fd, file, mmapMode);
    throw new CacheError(
      "ERR_CORRUPT_ENTRY",
      `${file} is neither a file that dump() wrote nor a .npy or an Arrow file`,
      { path: file },
    );
  }) as T;
}

function readManifest(fd: number, size: number, path: string): BundleManifest {
  try {
    const trailer = Buffer.alloc(TRAILER_LENGTH);
    readInto(fd, trailer, Math.max(0, size - TRAILER_LENGTH));
    const length = manifestLength(trailer, size);
    const text = Buffer.alloc(length);
    readInto(fd, text, size - TRAILER_LENGTH - length);
    return decodeBundleManifest(text, size);
  } catch (error) {
    throw inFile(path, error);
  }
}

function loadBundle(
  fd: number,
  path: string,
  manifest: BundleManifest,
  mmapMode: MmapMode | null,
  isModified: boolean,
): unknown {
  const { positions } = manifest.metadata;
  const positionOf = (name: string): number => positions[name] ?? 0;
  const marks = {
    isModified: () => isModified,
    markModified: () => void writeSync(fd, Buffer.from([1]), 0, 1, MODIFIED_POSITION),
  };
  try {
    return decodeValue(manifest, {
      array(record) {
        const place = { fd, path, position: positionOf(record.file), alone: false, ...marks };
        return loadArray(place, record, { mmapMode, verify: mmapMode === null ? "full" : "size" });
      },
      bytes(name, byteLength) {
        const { size } = fstatSync(fd);
        if (byteLength > size) throw new CacheError("ERR_CORRUPT_ENTRY", "it ends too early");
        const bytes = new Uint8Array(byteLength);
        readInto(fd, bytes, positionOf(name));
        return bytes;
      },
    });
  } catch (error) {
    throw inFile(path, error);
  }
}
