/**
 * Directories, with those above them.
 *
 * @module
 */

import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../warning.ts";

/**
 * Makes a directory and those above it; returns the first one that it made, or `undefined` where all
 * were there.
 *
 * As `mkdirSync` with `recursive`, which never returns where the system says that there is no place
 * below a directory that exists (in `/proc`, or in a directory that was removed).
 *
 * @throws errors of the file system.
 */
export function makeDirectory(path: string): string | undefined {
  if (makeOne(path) === "made") return path;
  if (isDirectory(path)) return undefined;
  const parent = dirname(path);
  const first = parent === path ? undefined : makeDirectory(parent);
  if (makeOne(path) === "made") return first ?? path;
  if (isDirectory(path)) return first;
  mkdirSync(path);
  return first ?? path;
}

/**
 * Has the names of new directories on the disk: those of `path` and of all above it, as others may have
 * made them just before.
 *
 * @param first the first one that was made here.
 * @throws errors of the file system for what was made here; other directories need not be ours to open.
 */
export function syncAbove(path: string, first: string): void {
  for (
    let [at, above] = [path, dirname(path)];
    above !== at;
    [at, above] = [above, dirname(above)]
  ) {
    try {
      syncDirectory(above);
    } catch (error) {
      if (at.length >= first.length) throw error;
    }
  }
}

/** Has the names in a directory on the disk. @throws errors of the file system. */
export function syncDirectory(path: string): void {
  // Windows cannot open a directory, and needs no sync of one.
  if (process.platform === "win32") return;
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function makeOne(path: string): "made" | "not made" {
  try {
    mkdirSync(path);
    return "made";
  } catch (error) {
    if (["EEXIST", "ENOENT"].includes(errorCode(error))) return "not made";
    throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
