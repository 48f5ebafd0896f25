import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withTmp } from "../helpers/tmp.ts";

const lib = new URL("../../lib/index.ts", import.meta.url).href;
const tsx = import.meta.resolve("tsx");

const program = `
  import { Memory } from "${lib}";
  import { scale } from "./helper.mjs";
  const [, , cache] = process.argv;
  const memory = new Memory(cache, { verbose: 0 });
  let runs = 0;
  const f = memory.cache(function f(x) { runs++; return scale(x) });
  const value = f(10);
  console.log(JSON.stringify({ value, runs }));
`;

test("two versions of a helper, run in turns by processes of their own, compute once each", async () => {
  await withTmp((folder) => {
    const run = (version: string): unknown => {
      const args = ["--import", tsx, join(folder, version, "main.mjs"), join(folder, "cache")];
      return JSON.parse(execFileSync(process.execPath, args).toString());
    };
    mkdirSync(join(folder, "a"));
    writeFileSync(join(folder, "a/package.json"), '{ "name": "app" }');
    writeFileSync(join(folder, "a/main.mjs"), program);
    writeFileSync(join(folder, "a/helper.mjs"), "export const scale = (x) => 2 * x;");
    cpSync(join(folder, "a"), join(folder, "b"), { recursive: true });
    writeFileSync(join(folder, "b/helper.mjs"), "export const scale = (x) => 3 * x;");

    assert.equal(run("a"), { value: 20, runs: 1 });
    assert.equal(run("b"), { value: 30, runs: 1 });
    assert.equal(run("a"), { value: 20, runs: 0 });
    assert.equal(run("b"), { value: 30, runs: 0 });
    assert.equal(run("a"), { value: 20, runs: 0 });
  });
});

test.run();
