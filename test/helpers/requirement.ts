/**
 * Tests that need a program which not every machine has.
 *
 * Where it is missing the test is skipped, aloud and counted; on CI it fails, so that no
 * interchange with another program goes untested unseen.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";

declare global {
  /** How many tests were skipped because something is not installed. */
  var NDMEMO_SKIPPED: number;
}

/** Something that can be missing. */
export type Requirement = "mmap-io" | "python3-numpy";

const requirements: Record<Requirement, { isThere: () => boolean; install: string }> = {
  "mmap-io": {
    // A copy that was built for another Node counts as none, so it has to be loaded.
    isThere: () =>
      spawnSync(process.execPath, ["-e", 'require("mmap-io")'], {
        cwd: fileURLToPath(new URL("../mmap-io/", import.meta.url)),
      }).status === 0,
    install: "npm ci --prefix test/mmap-io",
  },
  "python3-numpy": {
    isThere: () => spawnSync("python3", ["-c", "import numpy"]).status === 0,
    install: "apt-get install python3-numpy",
  },
};

const found = new Map<Requirement, boolean>();
globalThis.NDMEMO_SKIPPED ??= 0;

/** Registers a test with `test` if the requirement is there. */
export function requires(
  what: Requirement,
  test: Test,
  name: string,
  run: () => void | Promise<void>,
): void {
  const { isThere, install } = requirements[what];
  const isFound = found.get(what) ?? isThere();
  found.set(what, isFound);
  const reason = `needs ${what} (${install})`;

  if (isFound) {
    test(name, run);
  } else if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error(reason);
    });
  } else {
    globalThis.NDMEMO_SKIPPED += 1;
    console.log(`SKIP ${name}: ${reason}`);
    test.skip(name, run);
  }
}
