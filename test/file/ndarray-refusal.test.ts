/**
 * What looks like an ndarray and is none, or cannot come back: refused, or taken as what it is.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, isCacheError, load } from "../../lib/index.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { classes, made, Ndarray, scijs } from "../helpers/ndarrays.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const require = createRequire(import.meta.url);

for (const [name, make, message] of [
  ["a property of its own", () => Object.assign(scijs(new Int8Array(2)), { label: 1 }), /\.label/],
  [
    "elements outside its data",
    () => new classes.base("int8", new Int8Array(3), [2, 2], [2, 1], 0, "row-major"),
    /outside its data/,
  ],
  [
    "a class that only looks like one",
    () =>
      new (class ndarray {
        data = new Int8Array(1);
        shape = [1];
        get(): number {
          return 1;
        }
      })(),
    /instance of ndarray/,
  ],
  ["the prototype of one", () => Object.create(Ndarray.prototype), /instance of ndarray/],
  [
    "a proxy of one",
    () =>
      new Proxy(
        made({
          dtype: "int8",
          kind: "ctor",
          shape: [1],
          strides: [1],
          offset: 0,
          order: "row-major",
          length: 1,
          seed: 1,
        }),
        {},
      ),
    /a Proxy/,
  ],
] as const) {
  test(`an ndarray with ${name} is not stored`, () =>
    withTmp((directory) => {
      assert.throws(
        () => dump({ a: [make()] }, join(directory, "a")),
        (error: unknown) =>
          isCacheError(error, "ERR_UNSUPPORTED_VALUE") &&
          message.test(error.message) &&
          /a\[0\]/.test(error.message),
      );
      assert.equal(filesIn(directory), []);
    }));
}

test("a struct dtype is refused by name", () =>
  withTmp((directory) => {
    const factory = require("@stdlib/dstructs/struct");
    const DataType = require("@stdlib/ndarray/dtype-ctor");
    const Struct = factory([{ name: "a", type: "float64" }]);
    const array = new classes.base(
      new DataType(Struct),
      [new Struct({ a: 1 })],
      [1],
      [1],
      0,
      "row-major",
    );
    assert.throws(() => dump(array, join(directory, "a")), /struct/);
    assert.throws(() => hash(array), /struct/);
  }));

test("a plain object with the fields of an ndarray stays a plain object", () =>
  withTmp((directory) => {
    const fields = {
      data: Float64Array.of(1, 2),
      dtype: "float64",
      shape: [2],
      strides: [1],
      offset: 0,
      order: "row-major",
      ndims: 1,
      length: 2,
      flags: {},
    };
    const path = join(directory, "a");
    dump(fields, path);
    assert.equal(load(path), fields);
    assert.is.not(
      hash(fields),
      hash(new Ndarray("float64", fields.data, [2], [1], 0, "row-major")),
    );
  }));

test("without stdlib an entry is a miss that stays, and says what to install", () =>
  withTmp((directory) => {
    const path = join(directory, "value");
    dump([new Ndarray("float64", Float64Array.of(1, 2), [2], [1], 0, "row-major")], path);
    dump([scijs(new Int8Array(2), [2])], join(directory, "scijs"));
    const lib = bundledUrl("index");
    const source = `
      import { Module } from "node:module";
      import { load, Memory } from ${JSON.stringify(lib)};
      const resolve = Module._resolveFilename;
      Module._resolveFilename = (name, ...rest) => {
        if (/^(@stdlib|ndarray)/.test(name)) throw new Error("nothing is called " + name);
        return resolve(name, ...rest);
      };
      for (const name of ["value", "scijs"]) {
        try {
          load(${JSON.stringify(directory)} + "/" + name);
        } catch (error) {
          console.log(error.code, error.message);
        }
      }
      try {
        new Memory(null).empty("float64", [2, 3]);
      } catch (error) {
        console.log(error.code, error.message);
      }`;
    const args = ["--input-type=module", "-e", source];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    const [stdlib, other, empty] = stdout.trim().split("\n");
    assert.match(stdlib as string, /^ERR_UNSUPPORTED_VALUE .*npm install @stdlib\/ndarray/, stderr);
    assert.match(other as string, /^ERR_UNSUPPORTED_VALUE .*npm install ndarray/);
    assert.match(empty as string, /^ERR_UNSUPPORTED_VALUE .*npm install @stdlib\/ndarray/);
  }));

test("a call whose entry needs stdlib computes without it, says so once, and leaves the entry", () =>
  withTmp((directory) => {
    const lib = bundledUrl("index");
    const script = join(directory, "calls.mjs");
    writeFileSync(
      script,
      `
      import { Module, createRequire } from "node:module";
      import { Memory } from ${JSON.stringify(lib)};
      const require = createRequire(${JSON.stringify(import.meta.url)});
      const [, , isThere] = process.argv;
      if (isThere === "no") {
        const resolve = Module._resolveFilename;
        Module._resolveFilename = (name, ...rest) => {
          if (name.startsWith("@stdlib")) throw new Error("nothing is called " + name);
          return resolve(name, ...rest);
        };
      }
      const runs = [];
      process.on("warning", ({ name, message }) => console.log(name, message));
      const memory = new Memory(${JSON.stringify(join(directory, "cache"))}, { verbose: 0 });
      const cached = memory.cache((scale, make) => {
        runs.push(scale);
        if (make === undefined) return "computed";
        return make(scale);
      }, { name: "cached", ignore: ["make"] });
      const make = (scale) => {
        const Ndarray = require("@stdlib/ndarray/ctor");
        return new Ndarray("float64", Float64Array.of(scale, 2), [2], [1], 0, "row-major");
      };
      for (let i = 0; i < 2; i++) {
        const found = cached(5, isThere === "yes" ? make : undefined);
        console.log(found === "computed" ? found : found.get(0), runs.length);
      }`,
    );
    const run = (isThere: string): string[] => {
      const args = [script, isThere];
      const options = { encoding: "utf8", env: { ...process.env, NODE_NO_WARNINGS: "1" } } as const;
      const { stdout, stderr } = spawnSync(process.execPath, args, options);
      assert.ok(stdout, stderr);
      return stdout.trim().split("\n");
    };
    const first = run("yes");
    assert.equal(first, ["5 1", "5 1"]);
    const lines = run("no");
    const warnings = lines.filter((line) => line.startsWith("CacheWarning"));
    assert.equal(
      lines.filter((line) => !warnings.includes(line)),
      ["computed 1", "computed 2"],
    );
    assert.is(warnings.length, 1);
    assert.match(warnings[0] as string, /npm install @stdlib\/ndarray/);
    assert.equal(run("yes"), ["5 0", "5 0"]);
  }));

test.run();
