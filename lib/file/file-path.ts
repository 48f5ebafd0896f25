/**
 * The path that a caller gave, and errors that name it.
 *
 * @module
 */

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
