/**
 * joblib itself, where a test shows how ndmemo differs from it.
 *
 * Like other programs that not every machine has: without it the test is skipped, aloud and counted,
 * and on CI it fails.
 *
 * @module
 */

import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "uvu";

// Debian's python3-joblib belongs to Debian's Python, which need not be the first on the path.
const candidates = ["python3", "/usr/bin/python3"];
const python = candidates.find((each) => spawnSync(each, ["-c", "import joblib"]).status === 0);

/** Registers a test with `test` if joblib is there. */
export function besideJoblib(test: Test, name: string, run: () => void | Promise<void>): void {
  const reason = "needs joblib (apt-get install python3-joblib)";
  if (python !== undefined) {
    test(name, run);
  } else if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error(reason);
    });
  } else {
    console.log(`SKIP ${name}: ${reason}`);
    test.skip(name, run);
  }
}

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
