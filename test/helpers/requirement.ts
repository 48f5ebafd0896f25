/**
 * Tests that need something which not every machine has.
 *
 * Where it is missing the test is skipped, aloud and counted; on CI it fails, so that no
 * interchange with another program goes untested unseen. The addon may be left out on purpose: with
 * `NDMEMO_NATIVE=0` the tests that need it, or any mapper, are skipped on CI too, and counted apart.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Test } from "uvu";
import { native } from "../../lib/native.ts";
import { mapper } from "../../lib/store/map/mapper.ts";

declare global {
  /** How many tests were skipped because the addon was left out on purpose. */
  var NDMEMO_WITHOUT_ADDON: number;
}

/** Something that can be missing. */
export type Requirement =
  | "@duckdb/duckdb-wasm"
  | "addon"
  | "chromium"
  | "libxxhash"
  | "mapper"
  | "mmap-io"
  | "nodejs-polars"
  | "python3-joblib"
  | "python3-numpy"
  | "zstd";

const requirements: Record<Requirement, { isThere: () => boolean; install: string }> = {
  "@duckdb/duckdb-wasm": {
    isThere: () => canImport("@duckdb/duckdb-wasm/blocking"),
    install: "npm install",
  },
  addon: {
    isThere: () => native() !== undefined,
    install: "npm run build:native, and NDMEMO_NATIVE unset",
  },
  chromium: {
    isThere: () => existsSync("/usr/bin/chromium"),
    install: "apt-get install chromium",
  },
  libxxhash: {
    isThere: () => hasPython("import ctypes, numpy; ctypes.CDLL('libxxhash.so.0')"),
    install: "apt-get install libxxhash0 python3-numpy",
  },
  mapper: {
    isThere: () => mapper() !== undefined,
    install: "npm run build:native, and NDMEMO_NATIVE unset",
  },
  "mmap-io": {
    // A copy that was built for another Node counts as none, so it has to be loaded.
    isThere: () =>
      spawnSync(process.execPath, ["-e", 'require("mmap-io")'], {
        cwd: fileURLToPath(new URL("../mmap-io/", import.meta.url)),
      }).status === 0,
    install: "npm ci --prefix test/mmap-io",
  },
  "nodejs-polars": {
    isThere: () => canImport("nodejs-polars", new URL("../polars/", import.meta.url)),
    install: "npm install --prefix test/polars",
  },
  "python3-joblib": {
    isThere: () => pythonOfJoblib() !== undefined,
    install: "apt-get install python3-joblib",
  },
  "python3-numpy": {
    isThere: () => hasPython("import numpy"),
    install: "apt-get install python3-numpy",
  },
  zstd: {
    isThere: () => spawnSync("zstd", ["--version"]).status === 0,
    install: "apt-get install zstd",
  },
};

const found = new Map<Requirement, boolean>();
globalThis.NDMEMO_WITHOUT_ADDON ??= 0;

function canImport(name: string, from: string | URL = import.meta.url): boolean {
  try {
    createRequire(from)(name);
    return true;
  } catch {
    return false;
  }
}

function hasPython(program: string, python = "python3"): boolean {
  return spawnSync(python, ["-c", program]).status === 0;
}

/** A Python that has joblib: Debian's belongs to Debian's Python, which need not come first. */
export function pythonOfJoblib(): string | undefined {
  const candidates = ["python3", "/usr/bin/python3"];
  return candidates.find((each) => hasPython("import joblib", each));
}

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
  const isOnPurpose =
    process.env["NDMEMO_NATIVE"] === "0" && (what === "addon" || what === "mapper");

  if (isFound) {
    test(name, run);
  } else if (process.env["CI"] === "true" && !isOnPurpose) {
    test(name, () => {
      throw new Error(reason);
    });
  } else {
    if (isOnPurpose) globalThis.NDMEMO_WITHOUT_ADDON += 1;
    console.log(`SKIP ${name}: ${reason}`);
    test.skip(name, run);
  }
}

/** A `test` with which every test has the requirement. */
export function needing(
  what: Requirement,
  test: Test,
): ((name: string, run: () => void | Promise<void>) => void) & Pick<Test, "run"> {
  const register = (name: string, run: () => void | Promise<void>): void =>
    requires(what, test, name, run);
  return Object.assign(register, { run: () => test.run() });
}
