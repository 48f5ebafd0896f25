/**
 * What goes through a mapper, once more without the addon: with `mmap-io`, and with nothing.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { native } from "../lib/native.ts";
import { requires } from "./helpers/requirement.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = fileURLToPath(new URL("run.ts", import.meta.url));
const withMmapIo = fileURLToPath(new URL("mmap-io/", import.meta.url));
const suites = "^(call/(round-trip|mapping|damage|empty)|file/.*)\\.test\\.ts$";
// The others map nothing.
const mapping = suites.replace(
  "file/",
  "file/(?!array-file|compressed|ndarray-refusal|python-reader)",
);

/** Runs suites without the addon, from a directory where `mmap-io` is found or is not. */
function runSuites(suites: string, cwd: string): string {
  const args = ["--import", import.meta.resolve("tsx"), run, suites];
  const env = { ...process.env, NDMEMO_NATIVE: "0", FORCE_COLOR: "0" };
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    ...{ cwd, env, encoding: "utf8" },
  });
  assert.is(status, 0, `${stdout}\n${stderr}`);
  return stdout;
}

/** Which mapper a process without the addon has. */
function mapperIn(cwd: string): string {
  const script = `
    import { mapper } from ${JSON.stringify(new URL("../lib/store/map/mapper.ts", import.meta.url).href)};
    console.log(mapper()?.name);`;
  const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", script];
  const env = { ...process.env, NDMEMO_NATIVE: "0" };
  return spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" }).stdout.trim();
}

requires("addon", test, "the addon is built, so that the other suites test it", () => {
  assert.ok(native());
});

test("without the addon nothing maps in a directory that has no mmap-io, and not in this one", () => {
  for (const cwd of [tmpdir(), root]) assert.is(mapperIn(cwd), "undefined");
});

// CI runs these suites and more with NDMEMO_NATIVE=0 anyway.
if (process.env["CI"] !== "true") {
  test("with neither mapper everything works on arrays that are read", () => {
    assert.match(runSuites(suites, tmpdir()), /\n\d{3,} passed, 0 failed/);
  });
}

// No release of mmap-io builds on Node 24 or later.
if (Number.parseInt(process.versions.node, 10) < 24) {
  requires("mmap-io", test, "with mmap-io everything works on its maps", () => {
    assert.is(mapperIn(withMmapIo), "mmap-io");
    assert.match(runSuites(mapping, withMmapIo), /\n\d{3,} passed, 0 failed/);
  });
}

test.run();
