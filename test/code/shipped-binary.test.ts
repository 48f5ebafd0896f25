import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { shippedBinary } from "../../lib/code/origin/shipped-binary.ts";

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve("xxhash-addon"));
const isAsked = existsSync(join(folder, "build")) || existsSync("/etc/alpine-release");

test("the binary that is found at once is the one that the package finds", () => {
  const { path } = require("node-gyp-build") as { path(folder: string): string };
  const found = shippedBinary("xxhash-addon");
  assert.is(found === undefined, isAsked);
  if (found !== undefined) assert.is(realpathSync(found), realpathSync(path(folder)));
});

test("where the search is led elsewhere, or there is no such package, none is named", () => {
  for (const name of ["XXHASH_ADDON_PREBUILD", "LIBC", "npm_config_arch"]) {
    const before = process.env[name];
    process.env[name] = "elsewhere";
    try {
      assert.is(shippedBinary("xxhash-addon"), undefined, name);
    } finally {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
  }
  assert.is(shippedBinary("no-such-package"), undefined);
});

test("a digest is the same whoever finds the binary, and the search is not loaded for it", () => {
  const program = `
    import { createRequire } from "node:module";
    import { digestBytes } from "${new URL("../../lib/hash/xxh3.ts", import.meta.url).href}";
    const digest = digestBytes(Buffer.from("abc"));
    const modules = Object.keys(createRequire(import.meta.url).cache);
    const searched = modules.some((path) => /[\\\\/]node-gyp-build[\\\\/]/.test(path));
    console.log(JSON.stringify([digest, searched]));
  `;
  const run = (more: NodeJS.ProcessEnv): unknown => {
    const tsx = import.meta.resolve("tsx");
    const args = ["--import", tsx, "--input-type=module", "-e", program];
    const env = { ...process.env, ...more };
    return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", env }));
  };
  const digest = "06b05ab6733a618578af5f94892f3950";
  assert.equal(run({}), [digest, isAsked]);
  assert.equal(run({ XXHASH_ADDON_PREBUILD: folder }), [digest, true]);
});

test.run();
