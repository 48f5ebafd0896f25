import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { packageFile } from "../../lib/code/origin/package-file.ts";
import { withTmp } from "../helpers/tmp.ts";

const manifests: Record<string, string> = {
  "app/package.json": '{ "name": "app", "version": "1.0.0" }',
  "app/node_modules/dep/package.json": '{ "name": "dep", "version": "2.0.0" }',
  "app/node_modules/dep/dist/package.json": '{ "type": "commonjs" }',
  "app/node_modules/dep/node_modules/inner/package.json": '{ "name": "inner", "version": "3.0.0" }',
  "app/node_modules/@a/b/package.json": '{ "name": "@a/b", "version": "4.0.0" }',
  "app/node_modules/nameless/package.json": '{ "version": "1.0.0" }',
  "app/node_modules/versionless/package.json": '{ "name": "versionless" }',
  "app/node_modules/broken/package.json": "{",
};

const places: readonly (readonly [path: string, id: string | undefined, file?: string])[] = [
  ["app/index.js", undefined],
  ["app/node_modules/dep/index.js", "dep@2.0.0", "index.js"],
  ["app/node_modules/dep/dist/a b/é%.js", "dep@2.0.0", "dist/a b/é%.js"],
  ["app/node_modules/dep/node_modules/inner/x.js", "inner@3.0.0", "x.js"],
  ["app/node_modules/@a/b/x.js", "@a/b@4.0.0", "x.js"],
  ["app/node_modules/.cache/tool/x.js", undefined],
  ["app/node_modules/nameless/x.js", undefined],
  ["app/node_modules/versionless/x.js", undefined],
  ["app/node_modules/broken/x.js", undefined],
  ["app/node_modules/absent/x.js", undefined],
  ["app/node_modules/x.js", undefined],
];

test("a script belongs to the innermost installed package that has a name and a version", async () => {
  await withTmp((folder) => {
    for (const [path, text] of Object.entries(manifests)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    for (const [path, id, file] of places) {
      const found = packageFile(pathToFileURL(join(folder, path)).href);
      assert.equal(found, id === undefined ? undefined : { id, file }, path);
    }
  });
});

test("the query of a URL is no part of the file", async () => {
  await withTmp((folder) => {
    const root = join(folder, "node_modules/dep");
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "package.json"), '{ "name": "dep", "version": "1.0.0" }');
    const url = `${pathToFileURL(join(root, "x.js")).href}?a=1#b`;
    assert.equal(packageFile(url), { id: "dep@1.0.0", file: "x.js" });
  });
});

test("what is no file belongs to no package", () => {
  for (const script of [
    "",
    "node:fs",
    "[eval1]",
    "data:text/javascript,1",
    "file:///%",
    "evalmachine.<anonymous>",
  ]) {
    assert.is(packageFile(script), undefined, script);
  }
});

test("ndmemo itself is a package, also where it is not installed", () => {
  const found = packageFile(new URL("../../lib/hash/hash.ts", import.meta.url).href);
  assert.match(found?.id ?? "", /^ndmemo@\d/);
  assert.is(found?.file, "lib/hash/hash.ts");
  assert.is(packageFile(import.meta.url), undefined);
});

test.run();
