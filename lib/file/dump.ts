/**
 * One value written to one file.
 *
 * @module
 */

import { realpathSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { type ArrowClass, arrowClass } from "../array/arrow.ts";
import { piecesOf } from "../array/bytes.ts";
import { wrongType } from "../errors.ts";
import { planTable } from "../format/arrow/table.ts";
import { bundleHead, bundleTail, type Positions, paddingAfter } from "../format/bundle.ts";
import {
  type Compress,
  checkCompress,
  isCompressing,
  tableLevelOf,
} from "../format/compression.ts";
import { arrayOf } from "../format/content.ts";
import { encodeNpyHeader } from "../format/npy.ts";
import { checkOptions } from "../options.ts";
import { withFile, writeAll } from "../store/file.ts";
import { reserveAhead } from "../store/reserve.ts";
import { hiddenFile, removeLeft, removeTemporary, sweepHidden } from "../store/temporary.ts";
import { filePath, whenWriting } from "./file-path.ts";
import { Writing } from "./writing.ts";

/** How {@link dump} writes. */
export interface DumpOptions {
  /**
   * How arrays of 4 KiB and more are compressed; see the option of a Memory.
   *
   * @defaultValue `false`
   */
  readonly compress?: Compress | undefined;
}

/**
 * Writes a value to a file, from which {@link load} brings it back.
 *
 * A path that ends in `.npy` gives a plain NumPy file of one array (its elements: whether they
 * belonged to a `Buffer` or a `Uint8Array` is not kept). A path that ends in `.arrow` gives a plain
 * Arrow IPC file of a table, record batch, vector or schema, which `load` reads as a table. Any other
 * path, and any other value, gives a bundle, which holds
 * any value that a cache holds, with the arrays in it as `.npy` blocks that can be mapped.
 *
 * With `compress`, arrays are compressed as a Memory does it, on all cores. They are then loaded into
 * memory, not mapped.
 *
 * The file appears whole or not at all, and replaces one of the same name. Arrays are written in
 * place: the memory needed does not grow with them. What a process that was killed meanwhile left
 * beside it is removed by the next process that dumps to this directory a minute later.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to what would not come back the same.
 * @throws errors of the file system with their code: `ENOENT` where there is no such directory.
 * @throws TypeError where a path ends in `.npy` and the value is no array, or is to be compressed.
 */
export function dump(value: unknown, path: string | URL, options: DumpOptions = {}): void {
  const { compress = false } = checkOptions<DumpOptions>("dump", options, {
    compress: checkCompress,
  });
  const target = followed(filePath(path));
  const isPlain = target.endsWith(".npy");
  if (isPlain && isCompressing(compress)) {
    throw new TypeError(
      `${target} is to be a plain .npy file, which is not compressed: give it another name, or leave ` +
        "out the option compress",
    );
  }
  const table = target.endsWith(".arrow") ? arrowClass(value) : undefined;
  removeLeft();
  sweepOnce(dirname(target));
  const aside = hiddenFile(dirname(target));
  try {
    withFile(aside, "wx", (fd) => {
      if (isPlain) writeNpy(fd, value);
      else if (table) writeArrow(fd, value as object, table, compress);
      else writeBundle(fd, value, compress);
    });
    renameSync(aside, target);
  } catch (error) {
    removeTemporary(aside);
    throw whenWriting(filePath(path), aside, error);
  }
}

const swept = new Set<string>();

/** What killed processes left here may be the space that is missing. */
function sweepOnce(directory: string): void {
  if (swept.has(directory)) return;
  swept.add(directory);
  sweepHidden(directory);
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
  const array = arrayOf(value);
  if (!array) {
    throw wrongType("the value of a .npy file", "a typed array, an ndarray or a buffer", value);
  }
  const { descr, order, shape, source } = array;
  writeAll(fd, encodeNpyHeader({ descr, fortranOrder: order === "F", shape }));
  reserveAhead(fd, source.byteLength);
  for (const window of piecesOf(source)) writeAll(fd, window);
}

function writeArrow(fd: number, value: object, table: ArrowClass, compress: Compress): void {
  const level = tableLevelOf(compress);
  const compression = level === undefined ? undefined : { level };
  const { form, pieces } = planTable(value, table, { compression });
  reserveAhead(fd, form.bytes);
  for (const piece of pieces()) writeAll(fd, piece);
}

function writeBundle(fd: number, value: unknown, compress: Compress): void {
  const positions: Record<string, number> = {};
  let position = 0;
  const write = (pieces: Iterable<Uint8Array>): void => {
    for (const piece of pieces) {
      writeAll(fd, piece);
      position += piece.byteLength;
    }
  };

  write([bundleHead()]);
  const encoded = new Writing(value, compress).write({
    write(name, pieces, _modified, byteLength = 0) {
      write([paddingAfter(position)]);
      positions[name] = position;
      reserveAhead(fd, byteLength);
      write(pieces);
    },
  });
  write([bundleTail(encoded, positions satisfies Positions)]);
}
