/**
 * The directories above entries, removed when nothing is in them any more.
 *
 * A publisher that finds one missing makes it again, so they may go at any moment.
 *
 * @module
 */

import { lstatSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "../../warning.ts";
import { ANALYSES, NOTES } from "../layout.ts";
import { ignoreAbsent, list, removeIfEmpty } from "../remove.ts";

/**
 * Removes the directories above removed entries, as far as they are empty: of the first two digits,
 * of the code with its `code.js`, of the function.
 *
 * @param shards the directories that held the entries' directories.
 */
export function removeEmptyParents(shards: Iterable<string>): void {
  const codes = new Set<string>();
  for (const shard of shards) {
    if (!hasDirectories(shard) && removeIfEmpty(shard)) codes.add(dirname(shard));
  }
  for (const code of codes) {
    if (removeCode(code)) removeFunction(dirname(code));
  }
}

/** Removes the directory of a function that has no code; what is known of its sources goes with it. */
function removeFunction(directory: string): void {
  if (list(directory).some(({ name }) => name !== ANALYSES)) return;
  ignoreAbsent(() => unlinkSync(join(directory, ANALYSES)));
  removeIfEmpty(directory);
}

/** Removes the directory of a code that has no entries; tells whether it is gone. */
function removeCode(directory: string): boolean {
  if (list(directory).some(({ name }) => !NOTES.includes(name))) return false;
  const removed = new Map<string, Buffer>();
  for (const path of NOTES.map((name) => join(directory, name))) {
    ignoreAbsent(() => {
      removed.set(path, readFileSync(path));
      unlinkSync(path);
    });
  }
  if (removeIfEmpty(directory)) return true;
  // An entry was stored meanwhile, by a publisher that found the notes there.
  for (const [path, text] of removed) writeIfAbsent(path, text);
  return false;
}

function writeIfAbsent(path: string, bytes: Buffer): void {
  try {
    writeFileSync(path, bytes, { flag: "wx" });
  } catch (error) {
    if (!["EEXIST", "ENOENT"].includes(errorCode(error))) throw error;
  }
}

/** Spares an attempt, where the file system counts directories in the links of their parent. */
function hasDirectories(directory: string): boolean {
  return (lstatSync(directory, { throwIfNoEntry: false })?.nlink ?? 0) > 2;
}
