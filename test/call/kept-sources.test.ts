import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { digestBytes } from "../../lib/hash/xxh3.ts";
import { Memory } from "../../lib/memory.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const lib = new URL("../../lib/index.ts", import.meta.url).href;
const tsx = import.meta.resolve("tsx");

const program = `
  import { createRequire } from "node:module";
  import { Memory } from "${lib}";
  import { Scale } from "./helper.mjs";
  const memory = new Memory(process.argv[2], { verbose: 0 });
  let runs = 0;
  const f = memory.cache((x, { by = Infinity } = {}) => { runs++; return new Scale(x).value }, {
    name: "f",
    ignore: ["by"],
  });
  const value = f(10);
  const modules = Object.keys(createRequire(import.meta.url).cache);
  const parsed = modules.some((path) => /[\\\\/]acorn[\\\\/]dist/.test(path));
  console.log(JSON.stringify({ value, runs, parsed }));
`;
const helper = (factor: number): string => `
  const factor = ${factor};
  export class Scale {
    constructor(x) { this.x = x }
    get value() { return this.x * factor }
    ["twice"]() { return 2 * this.x }
  }
`;

const analyses = (folder: string): string => {
  const entries = join(folder, "ndmemo", "v1");
  return join(entries, readdirSync(entries)[0] as string, "analyses.json");
};

test("sources that a process has parsed are not parsed by the next one", async () => {
  await withTmp((folder) => {
    const cache = join(folder, "cache");
    const run = (): unknown =>
      JSON.parse(
        execFileSync(process.execPath, [
          ...["--import", tsx, join(folder, "main.mjs")],
          cache,
        ]).toString(),
      );
    writeFileSync(join(folder, "package.json"), '{ "name": "app" }');
    writeFileSync(join(folder, "main.mjs"), program);
    writeFileSync(join(folder, "helper.mjs"), helper(2));

    assert.equal(run(), { value: 20, runs: 1, parsed: true });
    const { ino } = statSync(analyses(cache));
    assert.equal(run(), { value: 20, runs: 0, parsed: false });
    assert.is(statSync(analyses(cache)).ino, ino);

    // Code that is as it was, around another constant, need not be parsed to be another code.
    writeFileSync(join(folder, "helper.mjs"), helper(3));
    assert.equal(run(), { value: 30, runs: 1, parsed: false });
    writeFileSync(join(folder, "helper.mjs"), helper(3).replace("this.x *", "1 + this.x *"));
    assert.equal(run(), { value: 31, runs: 1, parsed: true });
    writeFileSync(join(folder, "helper.mjs"), helper(2));
    assert.equal(run(), { value: 20, runs: 0, parsed: false });

    const bytes = readFileSync(analyses(cache));
    writeFileSync(analyses(cache), bytes.subarray(0, -1));
    assert.equal(run(), { value: 20, runs: 0, parsed: true });
    assert.equal(run(), { value: 20, runs: 0, parsed: false });
  });
});

const instances = `
  import { createRequire } from "node:module";
  import { Memory } from "${lib}";
  class Point { constructor(x) { this.x = x } }
  const f = new Memory(process.argv[2], { verbose: 0 }).cache((p, q) => p.x + q, { name: "f" });
  for (let i = 0; i < 3; i++) f(new Point(1), i);
  const modules = Object.keys(createRequire(import.meta.url).cache);
  console.log(modules.some((path) => /[\\\\/]acorn[\\\\/]dist/.test(path)));
`;

test("later calls of a process rely on what the first one found in the cache", async () => {
  await withTmp((folder) => {
    const program = join(folder, "main.mjs");
    const args = ["--import", tsx, program, join(folder, "cache")];
    const run = (): unknown => JSON.parse(execFileSync(process.execPath, args).toString());
    writeFileSync(join(folder, "package.json"), '{ "name": "app" }');
    writeFileSync(program, instances);
    assert.is(run(), true);
    assert.is(run(), false);
  });
});

const twoCaches = `
  import { Memory } from "${lib}";
  import { scale } from "./helper.mjs";
  const f = (x) => scale(x);
  const ask = (folder) => {
    const cached = new Memory(folder, { verbose: 0 }).cache(f, { name: "f" });
    return [cached.checkCallInCache(10), cached(10)];
  };
  console.log(JSON.stringify(process.argv.slice(2).map(ask)));
`;

/** Has a file say, with the right checksum, that no source refers to a variable of this name. */
function forge(path: string, name: string): void {
  const [body = ""] = readFileSync(path, "utf8").split(',"checksum":"');
  const forged = body.replaceAll(new RegExp(`(?<=\\[)"${name}"(?=\\])`, "g"), "");
  assert.is.not(forged, body);
  writeFileSync(path, `${forged},"checksum":"${digestBytes(Buffer.from(forged))}"}`);
}

test("what one cache says of sources decides no key of another one", async () => {
  await withTmp((folder) => {
    const [shared, own] = [join(folder, "shared"), join(folder, "own")];
    const run = (...caches: string[]): unknown => {
      const program = join(folder, "main.mjs");
      const all = ["--import", tsx, program, ...caches];
      return JSON.parse(execFileSync(process.execPath, all, { encoding: "utf8" }));
    };
    const scale = (factor: number): void =>
      writeFileSync(join(folder, "helper.mjs"), `export const scale = (x) => x * ${factor};`);
    writeFileSync(join(folder, "package.json"), '{ "name": "app" }');
    writeFileSync(join(folder, "main.mjs"), twoCaches);
    scale(2);
    assert.equal(run(shared, own), [
      [false, 20],
      [false, 20],
    ]);
    forge(analyses(shared), "scale");
    assert.equal(run(shared, own), [
      [false, 20],
      [true, 20],
    ]);
    scale(3);
    assert.equal(run(shared, own), [
      [true, 20],
      [false, 30],
    ]);
    scale(4);
    assert.equal(run(own), [[false, 40]]);
  });
});

const nested = `
  import { Memory } from "${lib}";
  import { scale } from "./helper.mjs";
  const [forged, own] = process.argv.slice(2, 4).map((folder) => new Memory(folder, { verbose: 0 }));
  const h = (x) => scale(x);
  let runs = 0;
  const b = own.cache((f) => { runs++; return f(10) }, { name: "b" });
  const key = (f) => { if (process.argv[4]) b(f); return f };
  const a = forged.cache((f) => 1, { name: "a", key });
  b((x) => x);
  a(h);
  if (process.argv[4]) b(h);
  console.log(runs);
`;

test("what one cache says of sources decides no key that another one makes meanwhile", async () => {
  await withTmp((folder) => {
    const run = (own: string, ...nested: string[]): unknown => {
      const folders = [join(folder, "forged"), join(folder, own)];
      const all = ["--import", tsx, join(folder, "main.mjs"), ...folders, ...nested];
      return JSON.parse(execFileSync(process.execPath, all).toString());
    };
    writeFileSync(join(folder, "package.json"), '{ "name": "app" }');
    writeFileSync(join(folder, "main.mjs"), nested);
    writeFileSync(join(folder, "helper.mjs"), "export const scale = (x) => x * 2;");
    assert.is(run("one"), 1);
    forge(analyses(join(folder, "forged")), "scale");
    assert.is(run("other", "nested"), 2);
  });
});

let made = 0;
/** A function whose text no other has. */
const fresh = (): ((x: number) => number) =>
  new Function("x", `return x + ${made++}`) as (x: number) => number;

test("asking without calling writes nothing, a call writes one file beside the code", async () => {
  await withTmp((folder) => {
    const f = new Memory(folder, { verbose: 0 }).cache(fresh(), { name: "f" });
    assert.is(f.checkCallInCache(1), false);
    f.explain(1);
    assert.equal(readdirSync(folder), []);
    f(1);
    assert.ok(existsSync(analyses(folder)));
    const { ino } = statSync(analyses(folder));
    f(2);
    assert.is(statSync(analyses(folder)).ino, ino);
    assert.equal(readdirSync(join(folder, "ndmemo", "tmp")), []);
  });
});

test("a cache of an earlier version gets the file with its first hit", async () => {
  await withTmp((folder) => {
    const original = fresh();
    const options = { name: "f" };
    new Memory(folder, { verbose: 0 }).cache(original, options)(1);
    writeFileSync(analyses(folder), "");
    new Memory(folder, { verbose: 0 }).cache(original, options)(1);
    assert.match(readFileSync(analyses(folder), "utf8"), /^\{"format":1,"by":"ndmemo /);
  });
});

test("what is known of sources goes with the entries of their function", async () => {
  await withTmp((folder) => {
    const memory = new Memory(folder, { verbose: 0 });
    const f = memory.cache(fresh(), { name: "f" });
    const g = memory.cache(fresh(), { name: "g" });
    const left = (): string[] => filesIn(folder).filter((file) => file.endsWith("analyses.json"));
    f(1);
    g(1);
    assert.is(left().length, 2);
    f.clear({ warn: false });
    assert.is(left().length, 1);
    assert.is(memory.reduceSize({ itemsLimit: 0 }).removed.items, 1);
    assert.is(left().length, 0);
    assert.equal(readdirSync(join(folder, "ndmemo", "v1")), []);
  });
});

test("a file of somebody else in its place harms nothing", async () => {
  await withTmp((folder) => {
    const original = fresh();
    const memory = (): Memory => new Memory(folder, { verbose: 0 });
    const value = memory().cache(original, { name: "f" })(1);
    for (const text of ["{}", "null", '{"format":1}', "x".repeat(100)]) {
      writeFileSync(analyses(folder), text);
      assert.is(memory().cache(original, { name: "f" }).checkCallInCache(1), true);
      assert.is(memory().cache(original, { name: "f" })(1), value);
    }
  });
});

test.run();
