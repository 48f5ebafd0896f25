/**
 * The directory `ndmemo` itself, with the marks that keep it out of backups and repositories.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "./make-directory.ts";

/** See https://bford.info/cachedir/: backup programs leave out a directory with this file. */
const CACHEDIR_TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by ndmemo.
# For information about cache directory tags see https://bford.info/cachedir/
`;

const GITIGNORE = `# Created by ndmemo.
*
`;

/**
 * Creates the directory where it is missing. The marks lie inside it, never in the directory that
 * the user named, and are not renewed where the user removed or changed them.
 */
export function createRoot(root: string): void {
  if (makeDirectory(root) === undefined) return;
  writeFileSync(join(root, "CACHEDIR.TAG"), CACHEDIR_TAG);
  writeFileSync(join(root, ".gitignore"), GITIGNORE);
}
