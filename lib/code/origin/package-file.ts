/**
 * Which installed package a script belongs to.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ownFolder } from "./own-folder.ts";

/** A file of an installed package. */
export interface PackageFile {
  /** `name@version`. */
  readonly id: string;
  /** Relative to the folder of the package, with `/` between folders. */
  readonly file: string;
}

interface Folder {
  readonly path: string;
  readonly id: string;
}

const folders = new Map<string, Folder | undefined>();

/**
 * The package in a `node_modules` folder that a script is part of; undefined for any other script.
 *
 * A script whose package has no name or version to be told by is like one of the user's own: so are
 * the caches of tools in `node_modules/.cache` and the like. Reads each `package.json` once.
 */
export function packageFile(script: string): PackageFile | undefined {
  const path = pathOf(script);
  const folder = path === undefined ? undefined : folderOf(path);
  if (path === undefined || folder === undefined) return undefined;
  return { id: folder.id, file: relative(folder.path, path).split(sep).join("/") };
}

function pathOf(script: string): string | undefined {
  if (!script.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(script);
  } catch {
    return undefined;
  }
}

function folderOf(path: string): Folder | undefined {
  // ndmemo's own sources need not be installed.
  const mine = ownFolder();
  const own = mine !== null && path.startsWith(mine.path) ? dirname(mine.path) : undefined;
  // The innermost package: everything up to the last `node_modules/name` or `node_modules/@scope/name`.
  const [root] =
    /^.*[\\/]node_modules[\\/](?!\.)(?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/s.exec(path) ?? [];
  const folder = root ?? own;
  if (folder === undefined) return undefined;
  let found = folders.get(folder);
  if (found === undefined && !folders.has(folder)) {
    const id = packageId(folder);
    found = id === undefined ? undefined : { path: folder, id };
    folders.set(folder, found);
  }
  return found;
}

function packageId(folder: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly [key: string]: unknown;
    };
    return typeof name === "string" && typeof version === "string" && name !== "" && version !== ""
      ? `${name}@${version}`
      : undefined;
  } catch {
    // Absent or unreadable: then the source itself has to tell what it is.
    return undefined;
  }
}
