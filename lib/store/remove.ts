/**
 * Removal of entries, and of nothing else: a file that ndmemo did not write survives, and so do
 * the directories that hold it.
 *
 * @module
 */

import { type Dirent, lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { join, sep } from "node:path";
import { errorCode } from "../warning.ts";
import { isAbsent } from "./file.ts";
import { isEntryFile, isNote, isOurDirectory, MANIFEST } from "./layout.ts";

const ENTRY_DEPTH = 4;
let removed = 0;

/**
 * Removes the entries below a directory of the store, and the directories that are empty then.
 *
 * @param depth how deep the directory itself lies: 0 for the format's, 1 for a function's.
 */
export function removeEntries(directory: string, depth: number): void {
  if (depth === ENTRY_DEPTH) {
    removeEntry(directory);
    return;
  }
  for (const item of list(directory)) {
    const path = join(directory, item.name);
    if (item.isDirectory() && isOurDirectory(item.name, depth)) removeEntries(path, depth + 1);
    else if (isNote(item.name, depth)) ignoreAbsent(() => unlinkSync(path));
  }
  removeIfEmpty(directory);
}

/**
 * Removes one entry; tells whether there was one.
 *
 * The manifest goes first: from then on there is no entry for any reader. Mappings of the arrays
 * stay valid.
 */
export function removeEntry(directory: string): boolean {
  const existed = dropEntry(directory);
  if (existed) removed++;
  return existed;
}

/** {@link removeEntry}, for who counts what is removed: {@link removals} does not change. */
export function dropEntry(directory: string): boolean {
  const existed = removeFile(join(directory, MANIFEST));
  removeLeftover(directory);
  return existed;
}

/**
 * Removes an entry whose files are known, with the fewest system calls; tells whether there was one.
 */
export function removeFiles(directory: string, files: readonly string[]): boolean {
  if (!removeFile(`${directory}${sep}${MANIFEST}`)) return false;
  removed++;
  for (const name of files) {
    if (name !== MANIFEST) removeFile(`${directory}${sep}${name}`);
  }
  // There are other files where the entry was replaced, or a file is not ours.
  if (!removeIfEmpty(directory)) removeLeftover(directory);
  return true;
}

/**
 * Removes one entry for every reader, by another name for its manifest, and leaves the files to
 * somebody who has the time; tells whether there was one.
 *
 * @param name one that no other entry has.
 */
export function hideEntry(directory: string, name: string): boolean {
  const [from, to] = [`${directory}${sep}${MANIFEST}`, `${directory}${sep}${name}`];
  const existed = ignoreAbsent(() => renameSync(from, to));
  if (existed) removed++;
  return existed;
}

/** Removes our files from a directory that has no manifest (any more), and then the directory. */
export function removeLeftover(directory: string): void {
  const names = list(directory).map(({ name }) => name);
  // The names of sidecars never come again, but those of another entry that was stored here since
  // are in this list.
  if (names.includes(MANIFEST)) return;
  for (const name of names) {
    if (isEntryFile(name)) removeFile(join(directory, name));
  }
  removeIfEmpty(directory);
}

/**
 * How many entries this thread has removed by request or replaced, as opposed to evicted: who counts
 * entries learns from it that the count has changed.
 */
export function removals(): number {
  return removed;
}

/**
 * Removes the directory of an entry that was moved aside; what is in it and not ours goes back to
 * where it was.
 */
export function removeReplaced(aside: string, place: string): void {
  removeEntry(aside);
  for (const { name } of list(aside)) {
    ignoreAbsent(() => renameSync(join(aside, name), join(place, name)));
  }
  removeIfEmpty(aside);
}

/** What is in a directory; nothing, where there is none. */
export function list(directory: string): Dirent[] {
  let items: Dirent[] = [];
  ignoreAbsent(() => {
    items = readdirSync(directory, { withFileTypes: true });
  });
  return items;
}

/**
 * Removes a file; tells whether there was one. A directory in its place is nothing of ours, and goes only
 * where it is empty.
 */
function removeFile(path: string): boolean {
  try {
    return ignoreAbsent(() => unlinkSync(path));
  } catch (error) {
    if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
    removeIfEmpty(path);
    return false;
  }
}

/** Removes a directory unless something is in it; tells whether it is gone. */
export function removeIfEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (isAbsent(error)) return true;
    if (["ENOTEMPTY", "EEXIST", "EBUSY"].includes(errorCode(error))) return false;
    throw error;
  }
}

/** Runs a removal; tells whether there was something to remove. */
export function ignoreAbsent(remove: () => void): boolean {
  try {
    remove();
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
