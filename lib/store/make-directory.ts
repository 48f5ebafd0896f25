/**
 * Directories, with those above them.
 *
 * @module
 */

import { mkdirSync, statSync } from "node:fs";
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
