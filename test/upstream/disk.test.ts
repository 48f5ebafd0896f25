/**
 * What joblib's `test_disk.py` asks, and what its users asked for: caches that are copied, or cannot
 * be written to.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

// test_mkdirp
test("a location of several levels is made with the first entry, not before, and may be there", () =>
  withTmp((directory) => {
    const location = join(directory, "several/levels/down");
    const one = (): number => 1;
    for (let i = 0; i < 2; i++) {
      const memory = new Memory(location, { verbose: 0 });
      assert.is(existsSync(location), i > 0);
      assert.is(memory.eval(one), 1);
    }
    assert.ok(existsSync(location));
  }));

test("the entries of a cache that are copied into another are found there", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    function f(x: number): Float64Array {
      runs.push(x);
      return new Float64Array([x]);
    }
    const [one, two] = [join(directory, "one"), join(directory, "two")];
    const open = (location: string): ((x: number) => Float64Array) =>
      new Memory(location, { verbose: 0, mmapMode: "r" }).cache(f);
    open(one)(1);
    open(two)(2);
    cpSync(join(one, "ndmemo/v1"), join(two, "ndmemo/v1"), { recursive: true });
    assert.equal([open(two)(1)[0], open(two)(2)[0]], [1, 2]);
    assert.equal(runs, [1, 2]);
  }));

test("of a cache that cannot be written to hits are loaded, silently, and misses computed", () =>
  withTmp((directory) => {
    const location = join(directory, "cache");
    const library = JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href);
    const program = (before: string): string => `${before}
      const { Memory } = await import(${library});
      process.on("warning", ({ code }) => code === "CACHE_NO_MAPPER" || console.log(code));
      let runs = 0;
      const cached = new Memory(process.argv[1], { verbose: 0, mmapMode: "r" }).cache(
        function f(x) {
          runs++;
          return new Float64Array([x]);
        },
        { module: "m" },
      );
      console.log(cached(1)[0], runs);
      await new Promise(setImmediate);
      console.log(cached(Number(process.argv[2]))[0], runs);`;
    const run = (before: string, x: string): string => {
      const tsx = ["--import", import.meta.resolve("tsx"), "--input-type=module"];
      const args = [...tsx, "-e", program(before), location, x];
      const env = { ...process.env, TMPDIR: directory };
      return spawnSync(process.execPath, args, { encoding: "utf8", env }).stdout;
    };
    assert.is(run("", "1"), "1 1\n1 1\n");

    chmodSync(directory, 0o755);
    const inside = readdirSync(location, { recursive: true, encoding: "utf8" });
    for (const path of ["", ...inside].reverse()) {
      const isFile = /\.(json|npy|js|TAG|gitignore)$/.test(path);
      chmodSync(join(location, path), isFile ? 0o444 : 0o555);
    }
    const isRoot = process.getuid?.() === 0;
    const output = run(isRoot ? "process.setuid(65534);" : "", "2");
    for (const path of ["", ...inside]) chmodSync(join(location, path), 0o755);
    assert.is(output, "1 0\n2 1\nEACCES\n");
  }));

test.run();
