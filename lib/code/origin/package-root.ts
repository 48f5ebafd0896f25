/**
 * The package that a file belongs to.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Root {
  readonly folder: string;
  readonly named: boolean;
}

const roots = new Map<string, Root | undefined>();

/**
 * The nearest folder, from this absolute one upwards, whose `package.json` has a name.
 *
 * A `package.json` without one, which only says `"type": "commonjs"`, counts where no other is
 * found. Undefined when there is none at all. Each folder is read once in the life of the process.
 */
export function packageRoot(folder: string): string | undefined {
  return rootOf(folder)?.folder;
}

function rootOf(folder: string): Root | undefined {
  let root = roots.get(folder);
  if (root === undefined && !roots.has(folder)) {
    const own = readRoot(folder);
    const parent = dirname(folder);
    const above = own?.named || parent === folder ? undefined : rootOf(parent);
    root = above?.named ? above : (own ?? above);
    roots.set(folder, root);
  }
  return root;
}

function readRoot(folder: string): Root | undefined {
  const file = join(folder, "package.json");
  // Most folders have none, and an error costs ten times as much as the question.
  if (!existsSync(file)) return undefined;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // Out of reach: it tells no name, and a cache must not fail for it.
    return undefined;
  }
  return { folder, named: hasName(text) };
}

function hasName(text: string): boolean {
  try {
    const { name } = JSON.parse(text) as { name?: unknown };
    return typeof name === "string" && name !== "";
  } catch {
    return false;
  }
}
