/**
 * The cache that a user names: a directory, or a bucket.
 *
 * @module
 */

import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Entries } from "../call/entries/entries.ts";
import { directoryOf } from "../call/entries/location.ts";
import { openEntries } from "../call/entries/open.ts";
import { Layout } from "../store/layout.ts";
import { errorCode, errorMessage } from "../warning.ts";
import { safeText } from "./safe-text.ts";
import { checked, UsageError } from "./usage-error.ts";

/** The description of the argument that names a cache. */
export const DIR_HELP =
  "the directory that holds ndmemo/, or ndmemo/ itself, or s3://bucket/prefix (default: .)";

/**
 * Opens a cache that is there; none is ever made.
 *
 * @throws UsageError where there is none, saying what was looked for.
 */
export async function openCache(place: string = "."): Promise<Entries> {
  if (place.startsWith("s3://")) return await openBucket(place);
  const entries = openEntries(locationOf(place), {});
  if (entries) return entries;
  throw noCache(place);
}

function noCache(place: string): UsageError {
  return new UsageError(`There is no cache in ${safeText(place)}`);
}

/** The location of a cache in a directory, as it is given to a Memory. */
function locationOf(place: string): string {
  const directory = directoryOf(place) ?? place;
  if (isRoot(new Layout(directory).root)) return directory;
  if (isRoot(directory)) {
    const real = realpathSync(directory);
    if (basename(real) === "ndmemo") return dirname(real);
  }
  const isThere = statSync(directory, { throwIfNoEntry: false })?.isDirectory();
  const shown = safeText(directory);
  throw new UsageError(
    isThere
      ? `There is no cache in ${shown}: looked for ${join(shown, "ndmemo")} with CACHEDIR.TAG or ` +
          "v1 in it. Name the directory that was given to new Memory(…), or the ndmemo in it"
      : `There is no directory ${shown}`,
  );
}

/** Whether a directory is one that ndmemo made, and no project of that name. */
function isRoot(directory: string): boolean {
  try {
    if (statSync(join(directory, "v1"), { throwIfNoEntry: false })?.isDirectory()) return true;
    const tag = readFileSync(join(directory, "CACHEDIR.TAG"), "latin1");
    return tag.startsWith("Signature: 8a477f597d28d172789f06886806bc55") && tag.includes("ndmemo");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errorCode(error))) return false;
    throw error;
  }
}

/** The only place that knows how a bucket is opened. The environment tells credentials and region. */
async function openBucket(url: string): Promise<Entries> {
  await import("../s3.ts");
  try {
    const entries = checked(() => openEntries(url, { backend: "s3" }));
    if (entries) return entries;
  } catch (error) {
    if (errorCode(error) !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(errorMessage(error));
  }
  throw noCache(url);
}
