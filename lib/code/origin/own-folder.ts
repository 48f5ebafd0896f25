/**
 * Where ndmemo's own code lies.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A folder in both spellings, each with a separator at its end. */
export interface OwnFolder {
  readonly path: string;
  readonly url: string;
}

let found: OwnFolder | null | undefined;

/**
 * The folder of ndmemo's own code: `lib` in a checkout, `dist` where it is installed. Null once it is
 * bundled with the code of its user.
 */
export function ownFolder(): OwnFolder | null {
  if (found === undefined) found = find();
  return found;
}

function find(): OwnFolder | null {
  // This module is a part of a file in `dist`, or `lib/code/origin/own-folder.ts`.
  const places = [
    ["../package.json", "."],
    ["../../../package.json", "../.."],
  ] as const;
  for (const [manifest, folder] of places) {
    try {
      const file = new URL(manifest, import.meta.url);
      if (!existsSync(file)) continue;
      const text = readFileSync(file, "utf8");
      if ((JSON.parse(text) as { name?: unknown }).name !== "ndmemo") continue;
      const { href } = new URL(`${folder}/`, import.meta.url);
      return { path: fileURLToPath(href), url: href };
    } catch {
      // No package here.
    }
  }
  return null;
}
