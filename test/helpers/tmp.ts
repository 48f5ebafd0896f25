/**
 * A directory for each test.
 *
 * @module
 */

import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs a test in a directory of its own, which is removed afterwards. */
export async function withTmp<T>(run: (directory: string) => T | Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-test-"));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The paths of all files below a directory, relative to it, with slashes on every system; sorted. */
export function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((item) => !item.isDirectory())
    .map((item) => join(item.parentPath ?? item.path, item.name).slice(directory.length + 1))
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}

/** The path of a file of an entry by its name without the part that differs between entries. */
export function entryFile(
  entry: string,
  name: "entry.json" | "0.npy" | "1.npy" | "value.zst",
): string {
  const [stem, ending] = name.split(".");
  const pattern = new RegExp(`^${stem}(-[0-9a-f]{8})?\\.${ending}$`);
  const found = readdirSync(entry).find((file) => pattern.test(file));
  if (found === undefined) throw new Error(`${entry} has no ${name}`);
  return join(entry, found);
}

/** The path of the only file below a directory whose name ends so. */
export function onlyFile(directory: string, ending: string): string {
  const found = filesIn(directory).filter((file) => file.endsWith(ending));
  if (found.length !== 1) throw new Error(`${found.length} files end in ${ending}: ${found}`);
  return join(directory, found[0] as string);
}
