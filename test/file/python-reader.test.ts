/**
 * Python reads a cache with the 60 lines of `examples/read_entries.py`.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { requires } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";

const reader = fileURLToPath(new URL("../../examples/read_entries.py", import.meta.url));

function lines(cache: string): string[] {
  const { stdout, stderr, status } = spawnSync("python3", [reader, cache], {
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
  return stdout.split("\n").map((line) => line.replace(/ took .*/, ""));
}

requires("python3-numpy", test, "Python reads primitives, and arrays as they are", () =>
  withTmp((cache) => {
    const memory = new Memory(cache, { verbose: 0 });
    memory.cache((x: number) => x * 2, { name: "double", module: "m" })(4);
    memory.cache((n: number) => Float32Array.from({ length: n }, (_, i) => i / 2), {
      ...{ name: "ramp", module: "m" },
    })(1001);
    assert.equal(lines(cache), [
      ...["m#double(4)", "    8"],
      ...["m#ramp(1001)", "    Float32Array <f4 [1001] 250250", ""],
    ]);
  }),
);

requires("zstd", test, "Python reads compressed arrays, with a filter and without", () =>
  withTmp((cache) => {
    const memory = new Memory(cache, { verbose: 0 });
    const make = (n: number): { a: Float64Array; b: Int16Array } => ({
      a: Float64Array.from({ length: n }, (_, i) => i),
      b: Int16Array.from({ length: n }, (_, i) => i % 100),
    });
    const expected: string[] = [];
    for (const filter of ["none", "shuffle"] as const) {
      const name = `with ${filter}`;
      memory.cache(make, { ...{ name, module: "m" }, compress: { level: 3, filter } })(600_001);
      expected.push(`m#${name}(600001)`, "    Float64Array <f8 [600001] 1.800003e+11");
      expected.push("    Int16Array <i2 [600001] 29700000");
    }
    assert.equal(lines(cache), [...expected, ""]);
  }),
);

requires("python3-numpy", test, "Python names what it does not read, and goes on", () =>
  withTmp((cache) => {
    const memory = new Memory(cache, { verbose: 0 });
    const identity = (name: string) => ({ name, module: "m" });
    const bits = { level: 1, filter: "bitshuffle" } as const;
    const ramp = (n: number) => Int32Array.from({ length: n }, (_, i) => i);
    memory.cache(ramp, { ...identity("a"), compress: bits })(2000);
    memory.cache(ramp, { ...identity("b"), format: "arrow" })(2000);
    memory.cache(ramp, identity("c"))(2000);
    const found = lines(cache).map((line) => line.replace(/-[0-9a-f]{8}/, ""));
    assert.equal(found, [
      ...["m#a(2000)", "    not read: 0.npy.zst"],
      ...["m#b(2000)", "    not read: 0.arrow"],
      ...["m#c(2000)", "    Int32Array <i4 [2000] 1999000", ""],
    ]);
  }),
);

test.run();
