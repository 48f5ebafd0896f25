/**
 * The place of a cache, as users name it.
 *
 * @module
 */

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongType } from "../../errors.ts";

/**
 * The absolute path of a directory, given as a path (`~` is expanded) or a `file:` URL; `null` for
 * `null` and `undefined`.
 *
 * @throws TypeError for a location of another kind.
 */
export function directoryOf(location: unknown): string | null {
  if (location === null || location === undefined) return null;
  if (location instanceof URL && location.protocol === "file:") return fileURLToPath(location);
  if (typeof location === "string" && location.startsWith("file:")) return fileURLToPath(location);
  if (typeof location !== "string" || location === "" || location.includes("\0")) {
    throw wrongType("the location", "a path, a file: URL, a store, null or undefined", location);
  }
  // It would be a directory of that name: nobody means that.
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(location)) {
    const accepted = 'a directory, a file: URL, or a store such as the S3Store of "ndmemo/s3"';
    throw wrongType("the location", accepted, location);
  }
  const home = /^~(?=$|[\\/])/.test(location) ? join(homedir(), location.slice(1)) : location;
  return resolve(home);
}
