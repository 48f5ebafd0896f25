/**
 * The examples, each run twice in a project of its own: the second time it is a hit.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withTmp } from "./helpers/tmp.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What each of them prints, both times. */
const examples: Readonly<Record<string, RegExp>> = {
  "ndarray.ts":
    /^first call: [\d.]+ s, 1461 x 1461, like 2014-12-25.*\nsecond call: 0\.\d+ s, 1461 x 1461, like 2014-12-25.*\n$/,
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
      for (let run = 0; run < 2; run++) {
        const { stdout, stderr, status } = spawnSync(process.execPath, args, {
          ...{ cwd: project, encoding: "utf8" },
        });
        assert.is(status, 0, stderr);
        assert.match(stdout, output, stderr);
      }
    }));
}

test.run();
