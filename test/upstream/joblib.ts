/**
 * joblib itself, where a test shows how ndmemo differs from it.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonOfJoblib } from "../helpers/requirement.ts";

const python = pythonOfJoblib();

/**
 * Runs a program that has a joblib `Memory` called `memory`, whose location is in the directory, and
 * returns the lines that it prints. A file, because joblib reads the source of functions from it.
 */
export function runWithJoblib(directory: string, program: string): string[] {
  const location = JSON.stringify(join(directory, "joblib-cache"));
  const head = `from joblib import Memory\nmemory = Memory(${location}, verbose=0)\n`;
  return runPython(directory, "steps.py", head + program);
}

/** Runs a program as a file of the directory, in it, and returns the lines that it prints. */
export function runPython(directory: string, name: string, program: string): string[] {
  writeFileSync(join(directory, name), program);
  const options = { cwd: directory, encoding: "utf8" } as const;
  const output = execFileSync(python as string, ["-W", "ignore", name], options);
  return output.trim().split("\n");
}
