/**
 * The package as npm would install it.
 *
 * @module
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VERSION } from "../lib/version.ts";
import { filesIn, withTmp } from "./helpers/tmp.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly dependencies: Record<string, string>;
};

/** Packs the package and unpacks it into a project where nothing else is installed. */
function install(project: string): string {
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", project];
  // On Windows npm is a script.
  const shell = process.platform === "win32";
  const tarball = execFileSync("npm", args, { cwd: root, encoding: "utf8", shell }).trim();
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "@types"), { recursive: true });
  // To some a path with a colon is one on another machine.
  execFileSync("tar", ["xzf", tarball, "-C", "node_modules"], { cwd: project });
  renameSync(join(modules, "package"), join(modules, "ndmemo"));
  for (const name of [...Object.keys(manifest.dependencies), "@types/node"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name), "junction");
  }
  return join(modules, "ndmemo");
}

function runIn(project: string, file: string, source: string): string {
  writeFileSync(join(project, file), source);
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(project, file)], {
    ...{ cwd: project, encoding: "utf8" },
  });
  assert.is(status, 0, stderr);
  return stdout.trim();
}

const entries = ["dist/index.js", "dist/index.d.ts", "dist/testing.js", "dist/testing.d.ts"];

const use = `
const memory = new Memory("cache", { verbose: 0 });
const double = memory.cache(function double(x) { return x.map((v) => 2 * v); });
console.log(double(new Float64Array([1, 2])).join(), double(new Float64Array([1, 2])).join());`;

// The store that `docs/stores.md` shows, as somebody else's code.
const store = readFileSync(join(root, "test/helpers/memory-store.ts"), "utf8").replace(
  "../../lib/index.ts",
  "ndmemo",
);

const contract = `
import { MemoryStore } from "./store.mjs";
import { storeContract } from "ndmemo/testing";
let places = 0;
let passed = 0;
for (const { run } of storeContract({ create: () => ({ store: new MemoryStore(\`\${places++}\`) }) })) {
  await run();
  passed++;
}
console.log(passed === places && passed > 20);`;

/** What a program has loaded at some point: of Node's modules, and of packages. */
const report = `
import { createRequire } from "node:module";
const loaded = () => JSON.stringify([
  ...process.moduleLoadList.flatMap((name) => /^NativeModule ((?!internal)\\S+)$/.exec(name)?.[1] ?? []),
  ...Object.keys(createRequire(import.meta.url).cache),
]);`;

test("importing the package loads nothing that most programs do without", () =>
  withTmp((directory) => {
    const index = JSON.stringify(new URL("../dist/index.js", import.meta.url).href);
    const first = `${report} await import(${index}); console.log(loaded());`;
    const loaded: string[] = JSON.parse(runIn(directory, "import.mjs", first));
    assert.ok(loaded.includes("fs") && loaded.includes("util"), "the list is not as expected");
    const costly = ["crypto", "worker_threads", "inspector", "timers/promises", "http", "zlib"];
    assert.equal(
      loaded.filter((name) => costly.includes(name) || name.includes("node_modules")),
      [],
    );
    // They are there when they are needed.
    const used = `${report}
      const { Memory } = await import(${index});
      const two = 2;
      new Memory(".", { verbose: 0 }).eval(function half(x) { return x / two; }, 1);
      console.log(loaded());`;
    const later: string[] = JSON.parse(runIn(directory, "use.mjs", used));
    for (const name of ["crypto", "inspector"]) assert.ok(later.includes(name), name);
    for (const name of ["acorn", "xxhash-addon"]) {
      assert.ok(
        later.some((path) => path.includes(join("node_modules", name) + sep)),
        name,
      );
    }
  }));

test("the version that entries record is that of the package", () => {
  assert.is(VERSION, manifest.version);
});

test("the tarball is imported, required and type-checked, and holds what it should", () =>
  withTmp((project) => {
    const installed = install(project);
    assert.is(runIn(project, "a.mjs", `import { Memory } from "ndmemo";${use}`), "2,4 2,4");
    assert.is(runIn(project, "b.cjs", `const { Memory } = require("ndmemo");${use}`), "2,4 2,4");

    const bin = join(installed, "dist/cli.js");
    const listed = spawnSync(process.execPath, [bin, "ls", "cache", "--json"], { cwd: project });
    assert.is(JSON.parse(listed.stdout.toString()).total.items, 2);
    assert.is(spawnSync(process.execPath, [bin, "ls", "none"], { cwd: project }).status, 2);

    const { code } = transformSync(store, { loader: "ts" });
    writeFileSync(join(project, "store.mjs"), code);
    assert.is(runIn(project, "d.mjs", contract), "true");

    writeFileSync(join(project, "store.mts"), store);
    writeFileSync(
      join(project, "c.mts"),
      `import { Memory, hash, load, dump, release, isCacheError, CacheError } from "ndmemo";
       import { storeContract } from "ndmemo/testing";
       import { MemoryStore } from "./store.mjs";
       const memory: Memory = new Memory("cache", { mmapMode: "r" });
       const gram = memory.cache(function gram(x: Float64Array, n: number) { return x.slice(n); });
       const array: Float64Array = gram(new Float64Array(2), 1);
       const later = memory.cache(async (x: string) => x.length, { name: "later" });
       const promise: Promise<number> = later("x");
       // @ts-expect-error the argument has the type of the original's
       gram("x", 1);
       // @ts-expect-error an unknown option
       new Memory("cache", { mmap: "r" });
       // @ts-expect-error an unknown mode
       new Memory("cache", { mmapMode: "rw" });
       const digest: string = hash(array);
       const remote = new Memory(new MemoryStore("place")).cache((x: number) => x, { name: "r" });
       const remotely: Promise<number> = remote(1);
       storeContract({ create: () => ({ store: new MemoryStore("place") }) })[0]?.run();
       // @ts-expect-error a store is needed
       storeContract({ create: () => ({}) });
       export { promise, digest, remotely, load, dump, release, isCacheError, CacheError };`,
    );
    const options = {
      ...{ module: "nodenext", strict: true, noEmit: true, types: ["node"], target: "es2022" },
      exactOptionalPropertyTypes: true,
    };
    const config = { compilerOptions: options, files: ["c.mts", "store.mts"] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
    const tsc = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], {
      ...{ cwd: project, encoding: "utf8" },
    });
    assert.is(tsc.stdout, "");
    assert.is(tsc.status, 0);

    const files = filesIn(installed);
    for (const file of ["LICENSE", "README.md", "binding.gyp", "lib/index.ts", ...entries]) {
      assert.ok(files.includes(file), `${file} is missing`);
    }
    const wrong = files.filter((file) => /^(test|bench|examples|docs|build|\.)/.test(file));
    assert.equal(wrong, []);
  }));

test.run();
