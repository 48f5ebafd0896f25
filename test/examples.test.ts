/**
 * The examples, each run twice in a project of its own: the second time it is a hit.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesIn, withTmp } from "./helpers/tmp.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What each of them prints, both times. */
const examples: Readonly<Record<string, RegExp>> = {
  "arrow.ts":
    /^first pass: [\d.]+ s, late by 500 miles: (0 %, 22 %, .+)\nsecond pass: [\d.]+ s, late by 500 miles: \1\n$/,
  "ml-matrix.ts":
    /^first call: [\d.]+ s, (average 84\.1 %, .+, Matrix 365 x 365)\nsecond call: [\d.]+ s, \1\n$/,
  "ml-pca.ts":
    /^first call: [\d.]+ s, (PCA of 392 cars, 92 % in 2 components)\nsecond call: [\d.]+ s, \1\n$/,
  "ndarray.ts":
    /^first call: [\d.]+ s, 1461 x 1461, like 2014-12-25.*\nsecond call: 0\.\d+ s, 1461 x 1461, like 2014-12-25.*\n$/,
  "workers.mjs":
    /^Sum of 3000 x 3000 elements by 4 threads: 7641314\.124\nThe matrix has 72000000 bytes; .+\n$/,
};

for (const [name, output] of Object.entries(examples)) {
  test(`examples/${name} runs, and finds its results when it is run again`, () =>
    withTmp((project) => {
      const modules = join(project, "node_modules");
      mkdirSync(modules);
      for (const installed of readdirSync(join(root, "node_modules"))) {
        symlinkSync(join(root, "node_modules", installed), join(modules, installed));
      }
      symlinkSync(root, join(modules, "ndmemo"));
      writeFileSync(join(project, "package.json"), '{ "name": "reader", "type": "module" }');
      copyFileSync(join(root, "examples", name), join(project, name));
      const args = ["--import", import.meta.resolve("tsx"), name];
      const entries: string[] = [];
      for (let run = 0; run < 2; run++) {
        const { stdout, stderr, status } = spawnSync(process.execPath, args, {
          ...{ cwd: project, encoding: "utf8" },
        });
        assert.is(status, 0, stderr);
        assert.match(stdout, output, stderr);
        entries.push(entriesIn(join(project, ".cache")));
      }
      assert.is.not(entries[0], "");
      assert.is(entries[1], entries[0]);
    }));
}

/** The manifests of a cache, and which files they are: one that is written again is another file. */
function entriesIn(directory: string): string {
  return filesIn(directory)
    .filter((file) => file.endsWith("entry.json"))
    .map((file) => `${file} ${statSync(join(directory, file)).ino}`)
    .join("\n");
}

test.run();
