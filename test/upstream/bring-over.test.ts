/**
 * The programs of `docs/coming-from-joblib.md` that bring a result of joblib over.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { requires } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";
import { runPython, runWithJoblib } from "./joblib.ts";

const document = readFileSync(new URL("../../docs/coming-from-joblib.md", import.meta.url), "utf8");
const [, page = ""] = document.split("## Bringing a cache over\n");
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(page)?.[1] ?? "";

requires(
  "python3-joblib",
  test,
  "an array that joblib cached is brought over as the document says",
  () =>
    withTmp((directory) => {
      const steps = `
import numpy
@memory.cache
def gram(n):
    x = numpy.arange(1.0, n + 1)
    return numpy.outer(x, x)`;
      runWithJoblib(directory, steps);
      runPython(directory, "save.py", block("python"));

      const library = JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href);
      const program = block("ts").replace('"ndmemo"', library);
      writeFileSync(join(directory, "package.json"), '{ "name": "reader", "type": "module" }');
      writeFileSync(join(directory, "main.ts"), `${program}\nconsole.log(gram(3).join());`);
      const args = ["--import", import.meta.resolve("tsx"), "main.ts"];
      const { stdout, stderr } = spawnSync(process.execPath, args, {
        ...{ cwd: directory, encoding: "utf8" },
      });
      assert.is(stdout, "1,2,3,2,4,6,3,6,9\n", stderr);
    }),
);

test.run();
