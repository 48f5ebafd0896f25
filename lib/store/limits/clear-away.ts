/**
 * Deletion of what has already been removed, without holding up the event loop.
 *
 * File systems that tell their disk of each freed block take half a millisecond for a directory; the
 * threads of the pool wait for several at a time.
 *
 * @module
 */

import { readdir, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../warning.ts";
import { isAbsent } from "../file.ts";
import { isEntryFile, MANIFEST } from "../layout.ts";

/** As many as the pool has threads by default. */
const AT_A_TIME = 4;

/**
 * Deletes our files in directories of entries without a manifest, and the directories. Where an entry
 * has been stored meanwhile, and where files are not ours, those stay.
 */
export async function clearAway(directories: readonly string[]): Promise<void> {
  const queue = directories.values();
  // All of them take from one iterator.
  const clear = async (): Promise<void> => {
    for (const directory of queue) await clearOne(directory).catch(() => {});
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, clear));
}

async function clearOne(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.includes(MANIFEST)) return;
  for (const name of names) {
    if (!isEntryFile(name)) continue;
    await unlink(join(directory, name)).catch((error: unknown) => {
      // A directory of that name is nothing of ours, and neither goes nor lets its own one go.
      if (!isAbsent(error) && errorCode(error) !== "EISDIR") throw error;
    });
  }
  await rmdir(directory);
}
