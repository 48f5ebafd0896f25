/**
 * One value written to one file.
 *
 * @module
 */

import { realpathSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { windows } from "../array/bytes.ts";
import { denseArray } from "../array/dense.ts";
import { wrongType } from "../errors.ts";
import { bundleHead, bundleTail, type Positions, paddingAfter } from "../format/bundle.ts";
import { encodeNpyHeader } from "../format/npy.ts";
import { encodeValue } from "../format/value.ts";
import { checkOptions } from "../options.ts";
import { withFile, writeAll } from "../store/file.ts";
import { temporaryName } from "../store/temporary.ts";
import { filePath } from "./file-path.ts";

/**
 * Writes a value to a file, from which {@link load} brings it back.
 *
 * A path that ends in `.npy` gives a plain NumPy file of one array (its elements: whether they
 * belonged to a `Buffer` or a `Uint8Array` is not kept). Any other path gives a bundle, which holds
 * any value that a cache holds, with the arrays in it as `.npy` blocks that can be mapped.
 *
 * The file appears whole or not at all, and replaces one of the same name. Arrays are written in
 * place: the memory needed does not grow with them.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to what would not come back the same.
 * @throws TypeError where a path ends in `.npy` and the value is no array.
 */
export function dump(
  value: unknown,
  path: string | URL,
  options: Readonly<Record<string, never>> = {},
): void {
  checkOptions<Record<string, never>>("dump", options, {});
  const target = followed(filePath(path));
  const aside = join(dirname(target), `.${temporaryName()}`);
  try {
    withFile(aside, "wx", (fd) => {
      if (target.endsWith(".npy")) writeNpy(fd, value);
      else writeBundle(fd, value);
    });
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** The file behind a symbolic link, so that the link stays one. */
function followed(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function writeNpy(fd: number, value: unknown): void {
  const array = denseArray(value);
  if (!array) throw wrongType("the value of a .npy file", "a typed array or a buffer", value);
  const { descr, order, shape, source } = array;
  writeAll(fd, encodeNpyHeader({ descr, fortranOrder: order === "F", shape }));
  for (const window of windows(source)) writeAll(fd, window);
}

function writeBundle(fd: number, value: unknown): void {
  const positions: Record<string, number> = {};
  let position = 0;
  const write = (pieces: Iterable<Uint8Array>): void => {
    for (const piece of pieces) {
      writeAll(fd, piece);
      position += piece.byteLength;
    }
  };

  write([bundleHead()]);
  const encoded = encodeValue(value, {
    write(name, pieces) {
      write([paddingAfter(position)]);
      positions[name] = position;
      write(pieces);
    },
  });
  write([bundleTail(encoded, positions satisfies Positions)]);
}
