/**
 * The path that a caller gave, and errors that name it.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { CacheError, wrongType } from "../errors.ts";

/** The path that a caller of `dump` or `load` gave. */
export function filePath(path: unknown): string {
  if (typeof path === "string" && path !== "") return path;
  if (path instanceof URL) return fileURLToPath(path);
  throw wrongType("the path", "a string or a file: URL", path);
}

/** The same error with the path of the file, where it is one of ours and does not name it. */
export function inFile(path: string, error: unknown): unknown {
  if (!(error instanceof CacheError) || error.path !== undefined) return error;
  return new CacheError(error.code, `${path}: ${error.message}`, { path, cause: error });
}

/**
 * An error of the file system that names the file which a caller asked for, where it names the
 * temporary one that was to become it. Its code is the same.
 */
export function whenWriting(path: string, aside: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, errno, syscall, path: named } = error as NodeJS.ErrnoException;
  if (named !== aside) return error;
  const directory = dirname(path);
  const why =
    code === "ENOENT" && !existsSync(directory)
      ? `the directory ${directory} does not exist`
      : code === "ENOTDIR"
        ? `${directory} is not a directory`
        : code === "EISDIR"
          ? "there is a directory of that name"
          : (/^\w+: ([^,]*)/.exec(error.message)?.[1] ?? error.message);
  const told = new Error(`${code}: cannot write ${path}: ${why}`, { cause: error });
  return Object.assign(told, { code, errno, syscall, path });
}
