/**
 * Removal of entries, and of nothing else: a file that ndmemo did not write survives, and so do
 * the directories that hold it.
 *
 * @module
 */

import { type Dirent, readdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../warning.ts";
import { CODE, isEntryFile, isOurDirectory, MANIFEST } from "./layout.ts";

const ENTRY_DEPTH = 4;

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
    else if (item.name === CODE && depth === 2) ignoreAbsent(() => unlinkSync(path));
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
  const existed = ignoreAbsent(() => unlinkSync(join(directory, MANIFEST)));
  for (const { name } of list(directory)) {
    if (isEntryFile(name)) ignoreAbsent(() => unlinkSync(join(directory, name)));
  }
  removeIfEmpty(directory);
  return existed;
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

function list(directory: string): Dirent[] {
  let items: Dirent[] = [];
  ignoreAbsent(() => {
    items = readdirSync(directory, { withFileTypes: true });
  });
  return items;
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    const expected = ["ENOENT", "ENOTDIR", "ENOTEMPTY", "EEXIST", "EBUSY"];
    if (!expected.includes(errorCode(error))) throw error;
  }
}

/** Runs a removal; tells whether there was something to remove. */
function ignoreAbsent(remove: () => void): boolean {
  try {
    remove();
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return false;
    throw error;
  }
}
