/**
 * The error for a value that has no digest.
 *
 * @module
 */

import { CacheError } from "../errors.ts";

/** The error `ERR_UNHASHABLE`, with the path to the part that is refused. */
export function unhashable(message: string, path: string, cause: unknown): CacheError {
  const details = cause === undefined ? { path } : { path, cause };
  return new CacheError("ERR_UNHASHABLE", message, details);
}
