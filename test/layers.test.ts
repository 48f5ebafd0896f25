/**
 * The import rules of `lib/`, one line per module: a lower layer never imports a higher one.
 *
 * @module
 */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const base = ["describe", "errors", "options", "version", "warning"];

/** What each folder or file of `lib/` may import from the others. */
const allowed: Record<string, string[]> = {
  describe: [],
  version: [],
  warning: [],
  errors: ["describe"],
  options: ["errors"],
  log: ["describe", "errors", "options"],
  "native-diagnosis": [],
  native: ["errors", "native-diagnosis"],
  array: ["errors"],
  code: ["errors"],
  type: ["array", "describe", "errors", "options"],
  hash: ["array", "code", "describe", "errors", "native", "options", "type"],
  format: ["array", "errors", "hash", "native", "type"],
  store: ["array", "errors", "hash", "native", "options", "warning"],
  compress: ["errors", "format", "hash"],
  file: ["array", "compress", "errors", "format", "hash", "options", "store", "warning"],
  call: [...base, "code", "file", "format", "hash", "log", "store", "type"],
  memory: [...base, "call", "code", "file", "format", "log", "store"],
  testing: ["memory", "store"],
  s3: ["store"],
  tune: [...base, "array", "call", "compress", "file", "format", "hash", "memory", "store"],
  cli: [...base, "array", "call", "file", "format", "hash", "s3", "store", "tune"],
  index: [
    ...base,
    "array",
    "call",
    "file",
    "format",
    "hash",
    "log",
    "memory",
    "store",
    "tune",
    "type",
  ],
};

/** Packages that only one file or folder imports, and Node's modules that a layer does without. */
const reserved: readonly (readonly [name: string, only: RegExp])[] = [
  ["acorn", /^code\/syntax\/parse\.ts$/],
  ["xxhash-addon", /^hash\/xxh3\.ts$/],
  ["zstd-napi", /^format\/zstd\.ts$/],
  ["node-gyp-build", /^native\.ts$/],
  ["mmap-io", /^store\/map\/mmap-io\.ts$/],
  ["@aws-sdk/client-s3", /^store\/s3\//],
  ["commander", /^cli\//],
  ["cli-progress", /^cli\/progress\.ts$/],
  ["node:fs", /^(store|file|call|code|cli|tune)\/|^native\.ts$|^type\/es-module\.ts$/],
];

const lib = join(dirname(fileURLToPath(import.meta.url)), "../lib");
const moduleOf = (path: string): string =>
  relative(lib, path).replace(/\.ts$/, "").split(/[\\/]/)[0] as string;

const files = readdirSync(lib, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replaceAll("\\", "/"));

for (const entry of files) {
  const file = join(lib, entry);
  const from = moduleOf(file);
  const source = readFileSync(file, "utf8");

  test(`lib/${entry} imports only what its layer may`, () => {
    assert.ok(allowed[from], `lib/${from} has no line in the table above`);
    for (const [, target] of source.matchAll(/(?: from |import |import\()"(\.[^"]+)"/g)) {
      const to = moduleOf(join(dirname(file), target as string));
      assert.ok(to === from || allowed[from]?.includes(to), `${from} imports ${to}`);
    }
    for (const [, name] of source.matchAll(/(?: from |require\w*(?:<.*>)?\()"([^".][^"]*)"/g)) {
      const only = reserved.find(([reservedName]) => reservedName === name)?.[1];
      assert.ok(!only || only.test(entry), `${name} is imported outside ${only}`);
    }
  });
}

test("the table of layers has no line for what does not exist", () => {
  const modules = new Set(files.map((file) => moduleOf(join(lib, file))));
  assert.equal([...Object.keys(allowed)].sort(), [...modules].sort());
});

test.run();
