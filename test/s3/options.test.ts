/**
 * What an S3 store accepts, and what it says of the rest.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { S3Store, type S3StoreOptions } from "../../lib/s3.ts";
import { withTmp } from "../helpers/tmp.ts";

const wrong: readonly (readonly [options: object, said: RegExp])[] = [
  [{}, /Expected a string for the option "bucket" of S3Store, got undefined/],
  [
    { bucket: "a/b" },
    /Expected the name of a bucket for the option "bucket" of S3Store, got 'a\/b'/,
  ],
  [{ bucket: "b", prefix: "/p" }, /Expected a text without a slash at its begin/],
  [{ bucket: "b", prefix: "é".repeat(401) }, /at most 800 bytes in UTF-8/],
  [{ bucket: "b", endpoint: "example.com" }, /an address such as "https:\/\/s3.example.com"/],
  [{ bucket: "b", credentials: { accessKeyId: "a" } }, /accessKeyId and secretAccessKey/],
  [{ bucket: "b", client: {}, region: "r" }, /takes the option "client" or "region", not both/],
  [
    { bucket: "b", cacheLimits: { bytes: 1 } },
    /"cacheLimits" of S3Store needs the option "cacheDir"/,
  ],
  [{ bucket: "b", revalidate: true }, /"revalidate" of S3Store needs the option "cacheDir"/],
  [{ bucket: "b", partSize: "1M" }, /Expected bytes from "5M" to "1G"/],
  [{ bucket: "b", attempts: 0 }, /a whole number from 1 on/],
  [{ bucket: "b", timeout: 0 }, /a time that is longer than 0/],
  [{ bucket: "b", leaseTime: { hour: 1 } }, /has no part "hour"/],
  [{ bucket: "b", cachedir: "x" }, /S3Store has no option "cachedir". Its options are: client, /],
];
for (const [options, said] of wrong) {
  test(`wrong options are refused at once: ${JSON.stringify(options).slice(0, 60)}`, () => {
    assert.throws(() => new S3Store(options as S3StoreOptions), said);
  });
}

test("a prefix may be in any script, empty, and end in slashes", () => {
  const location = (options: object): string => new S3Store({ bucket: "b", ...options }).location;
  assert.is(location({ prefix: "größe/モデル//" }), "s3://b/größe/モデル");
  assert.is(location({}), "s3://b/");
  assert.is(new S3Store("s3://b/größe/x y").location, "s3://b/größe/x y");
  assert.is(new S3Store("s3://b").location, "s3://b/");
});

test("importing the store gives it a name, and the location is an address", () => {
  const memory = new Memory("s3://b/p", { backend: "s3", backendOptions: { region: "r" } });
  assert.is(memory.location, "s3://b/p");
  const open = (location: string): unknown => new Memory(location, { backend: "s3" });
  assert.throws(
    () => open("b/p"),
    /Expected "s3:\/\/bucket\/prefix" for the location of an S3 store/,
  );
});

test("arrays are mapped only where there are copies", () =>
  withTmp((cacheDir) => {
    assert.is(new S3Store({ bucket: "b" }).maps, false);
    assert.is(new S3Store({ bucket: "b", cacheDir }).maps, true);
  }));

test("without the SDK, making a store says what to install", () =>
  withTmp((directory) => {
    const outfile = join(directory, "s3.mjs");
    const lib = fileURLToPath(new URL("../../lib/s3.ts", import.meta.url));
    buildSync({
      ...{ entryPoints: [lib], outfile, bundle: true, platform: "node", format: "esm" },
      packages: "external",
    });
    const script = `import { S3Store } from "./s3.mjs";
      try { new S3Store({ bucket: "b" }); } catch ({ code, message }) { console.log(code, message); }`;
    const run = join(directory, "run.mjs");
    writeFileSync(run, script);
    const { stdout } = spawnSync(process.execPath, [run], { encoding: "utf8" });
    assert.match(stdout, /^ERR_MODULE_NOT_FOUND .*npm install @aws-sdk\/client-s3/);
  }));

test("without the SDK, the command says what to install", () =>
  withTmp((directory) => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    buildSync({
      entryPoints: [join(root, "lib/cli.ts")],
      ...{ outdir: directory, bundle: true, splitting: true, platform: "node", format: "esm" },
      packages: "external",
    });
    writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
    mkdirSync(join(directory, "node_modules"));
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const name of Object.keys(dependencies)) {
      symlinkSync(join(root, "node_modules", name), join(directory, "node_modules", name));
    }
    const args = [join(directory, "cli.js"), "ls", "s3://bucket/prefix"];
    const { stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.match(
      stderr,
      /^ndmemo: The S3 store needs the package .*: npm install @aws-sdk\/client-s3$/m,
    );
    assert.is(status, 2);
  }));

test.run();
