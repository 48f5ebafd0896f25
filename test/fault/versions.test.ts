/**
 * Two versions of Node at work on one cache.
 *
 * The other one is the program that `NDMEMO_OTHER_NODE` names; without it there is nothing to test.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withTmp } from "../helpers/tmp.ts";
import type { LongReport } from "../stress/long-run.ts";
import { bundled, ended } from "../stress/worker-file.ts";

const other = process.env["NDMEMO_OTHER_NODE"];
const worker = new URL("../stress/churn-worker.ts", import.meta.url);
const SECONDS = 3;

/** Lets one version do everything to a cache for some seconds. */
async function churn(execPath: string, directory: string, seed: number): Promise<LongReport> {
  const args = ["--no-warnings", "--expose-gc", bundled(worker), directory];
  const child = spawn(execPath, [...args, String(seed), String(SECONDS)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, output } = await ended(child);
  const line = output.split("\n").find((text) => text.startsWith('{"done"'));
  assert.is(code, 0, output);
  return JSON.parse(line ?? "{}") as LongReport;
}

const run = (): Promise<void> =>
  withTmp(async (directory) => {
    const reports = await Promise.all(
      [process.execPath, other ?? ""].map((path, seed) => churn(path, directory, seed + 1)),
    );
    for (const { problems, done } of reports) {
      assert.equal(problems, []);
      assert.ok((done["hit"] ?? 0) > 0);
    }
  });
const title = "two versions of Node that do everything to one cache read what the other one wrote";
if (other) test(title, run);
else console.log("left out: NDMEMO_OTHER_NODE names no other version of Node");

test.run();
