/**
 * What several arrays over one map owe each other: a large array that is loaded twice is mapped once,
 * and nobody loses memory that he did not release.
 *
 * @module
 */

import { readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, load, Memory, release } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { runProgram } from "../native/scratch.ts";

const addonTest = needing("addon", test);
/** 8 MiB of float64. */
const LARGE = 2 ** 20;
/** A little less than 4 MiB. */
const SMALL = 2 ** 19 - 1;

function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => i);
}

function open(directory: string, length: number = LARGE): Float64Array {
  return new Memory(directory, { verbose: 0, mmapMode: "r" }).eval(ramp, length);
}

/** How often a file is mapped; counted on Linux alone, and otherwise as expected. */
function mapsOf(directory: string, expected: number): number {
  if (process.platform !== "linux") return expected;
  const path = onlyFile(directory, ".npy");
  return readFileSync("/proc/self/maps", "utf8").split(path).length - 1;
}

// On Windows nobody knows whether a map was written to.
if (process.platform !== "win32") {
  addonTest("two hits of a large entry share one map", () =>
    withTmp((directory) => {
      const arrays = [open(directory), open(directory), open(directory)] as const;
      assert.is(arrays[0].buffer, arrays[1].buffer);
      assert.is(arrays[0].buffer, arrays[2].buffer);
      assert.is.not(arrays[0], arrays[1]);
      assert.is(mapsOf(directory, 1), 1);
      for (const array of arrays) sameArray(array, ramp(LARGE));
    }),
  );

  addonTest("release leaves an array whole while another one lies on the same map", () =>
    withTmp((directory) => {
      const [first, second] = [open(directory), open(directory)];
      assert.is(release(first), false);
      assert.is(release(first), false);
      assert.is(mapsOf(directory, 1), 1);
      sameArray(second, ramp(LARGE));
      assert.is(hash(second), hash(ramp(LARGE)));

      assert.is(release(second), true);
      assert.is(first.length + second.length, 0);
      assert.is(mapsOf(directory, 0), 0);
      assert.is(release(second), false);
      sameArray(open(directory), ramp(LARGE));
    }),
  );

  addonTest("a view of an array that was dropped outlives the release of another hit", async () => {
    await withTmp((directory) => {
      const { stdout, stderr } = runProgram(
        `const { Memory, release } = await import(lib("index.ts"));
         const cached = new Memory(process.argv.at(-1), { verbose: 0, mmapMode: "r" }).cache(
           function make(n) { return new Float64Array(n).fill(3); });
         let row = cached(${LARGE}).subarray(7, 10);
         for (let i = 0; i < 10; i++) { gc(); await new Promise(setImmediate); }
         const other = cached(${LARGE});
         console.log(other.buffer === row.buffer, release(other), row.join());`,
        { args: [directory], flags: ["--expose-gc"] },
      );
      assert.is(`${stdout}${stderr}`, "true false 3,3,3\n");
    });
  });

  addonTest("a view of the only array stands for it, one of several arrays releases nothing", () =>
    withTmp((directory) => {
      const alone = open(directory);
      assert.is(release(alone.subarray(1, 2)), true);
      assert.is(alone.length, 0);

      const [first, second] = [open(directory), open(directory)];
      for (const view of [first.subarray(1), first.buffer, new DataView(first.buffer)]) {
        assert.is(release(view), false);
      }
      sameArray(first, ramp(LARGE));
      assert.is(release(first), false);
      assert.is(release(second.buffer), false);
      assert.is(release(second), true);
    }),
  );

  addonTest("a map that was written to is not handed out again, and warned of once", () =>
    withTmp(async (directory) => {
      const first = open(directory);
      const { warnings } = await withWarnings(async () => {
        const second = open(directory);
        second[LARGE - 1] = -1;
        const third = open(directory);
        assert.is(first[LARGE - 1], -1);
        assert.is.not(third.buffer, second.buffer);
        sameArray(third, ramp(LARGE));
        assert.is(hash(third), hash(ramp(LARGE)));
        assert.is(hash(second), hash(second.slice()));
        assert.is.not(hash(second), hash(third));
        assert.is(open(directory).buffer, third.buffer);
        second[5] = -1;
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
      assert.equal(
        warnings.map(({ code }) => code),
        ["CACHE_WRITE_TO_READ_ONLY"],
      );
    }),
  );

  addonTest("a map that has lost a page is not handed out again", () =>
    withTmp((directory) => {
      const { stdout, stderr } = runProgram(
        `import fs from "node:fs";
         const { load, dump } = await import(lib("index.ts"));
         const path = process.argv.at(-1) + "/a.npy";
         process.on("uncaughtException", ({ code }) => console.log(code));
         dump(new Float64Array(${LARGE}).fill(3), path);
         const bytes = fs.readFileSync(path);
         const { atime, mtime } = fs.statSync(path);
         const first = load(path, { mmapMode: "r" });
         fs.truncateSync(path, 4096);
         const lost = first[${LARGE} - 1];
         fs.writeFileSync(path, bytes);
         fs.utimesSync(path, atime, mtime);
         const second = load(path, { mmapMode: "r" });
         console.log(lost, first.buffer === second.buffer, second[${LARGE} - 1]);`,
        { args: [directory] },
      );
      assert.is(`${stdout}${stderr}`, "0 false 3\nERR_CORRUPT_ENTRY\n");
    }),
  );

  addonTest("an entry that was replaced is mapped anew, and the old map stays", () =>
    withTmp((directory) => {
      const state = { value: 1 };
      const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
      const cached = memory.cache(
        function fill(length: number) {
          return new Float64Array(length).fill(state.value);
        },
        { track: "own" },
      );
      const old = cached(LARGE);
      state.value = 2;
      const fresh = cached.recompute(LARGE).value;
      assert.is.not(fresh.buffer, old.buffer);
      assert.is(old[0], 1);
      assert.is(fresh[0], 2);
      assert.is(cached(LARGE).buffer, fresh.buffer);
      memory.clear({ warn: false });
      assert.is(cached(LARGE)[0], 2);
      assert.is(release(old), true);
    }),
  );

  addonTest("a file that was changed is mapped anew, under the same name and number too", () =>
    withTmp((directory) => {
      const path = join(directory, "a.npy");
      dump(ramp(LARGE), path);
      const [one, two] = [load(path, { mmapMode: "r" }), load(path, { mmapMode: "r" })] as [
        Float64Array,
        Float64Array,
      ];
      assert.is(one.buffer, two.buffer);
      utimesSync(path, 1, 1);
      const three = load<Float64Array>(path, { mmapMode: "r" });
      assert.is.not(three.buffer, two.buffer);
      writeFileSync(path, readFileSync(path));
      assert.is.not(load<Float64Array>(path, { mmapMode: "r" }).buffer, three.buffer);
    }),
  );

  addonTest("a file that was damaged is found although a map of it is alive", () =>
    withTmp(async (directory) => {
      const before = open(directory);
      const path = onlyFile(directory, ".npy");
      truncateSync(path, statSync(path).size - 8);
      const { result, warnings } = await withWarnings(() => open(directory));
      assert.is.not(result.buffer, before.buffer);
      sameArray(result, ramp(LARGE));
      assert.equal(
        warnings.map(({ code }) => code),
        ["ERR_CORRUPT_ENTRY"],
      );
    }),
  );

  addonTest("arrays of one bundle share each its own map", () =>
    withTmp((directory) => {
      const path = join(directory, "two.ndmemo");
      dump({ a: ramp(LARGE), b: ramp(LARGE).fill(5), small: ramp(3) }, path);
      type Two = Readonly<Record<"a" | "b" | "small", Float64Array>>;
      const [one, two] = [load<Two>(path, { mmapMode: "r" }), load<Two>(path, { mmapMode: "r" })];
      assert.is(one.a.buffer, two.a.buffer);
      assert.is(one.b.buffer, two.b.buffer);
      assert.is.not(one.a.buffer, one.b.buffer);
      assert.is.not(one.small.buffer, two.small.buffer);
      assert.is(release(one.a), false);
      assert.is(release(two.b), false);
      sameArray(two.a, ramp(LARGE));
      assert.is(one.b[LARGE - 1], 5);
    }),
  );

  addonTest("every class of view shares, an ArrayBuffer does not", () =>
    withTmp((directory) => {
      const bytes = 8 * LARGE;
      const results: Record<string, () => NodeJS.ArrayBufferView | ArrayBuffer> = {
        Buffer: () => Buffer.alloc(bytes, 7),
        DataView: () => new DataView(new ArrayBuffer(bytes)),
        BigInt64Array: () => new BigInt64Array(LARGE),
        ArrayBuffer: () => new ArrayBuffer(bytes),
      };
      const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
      for (const [name, make] of Object.entries(results)) {
        const cached = memory.cache(make, { name, track: "none" });
        const [one, two] = [cached(), cached()];
        const isView = ArrayBuffer.isView(one) && ArrayBuffer.isView(two);
        if (isView) assert.is(one.buffer, two.buffer, name);
        else assert.is.not(one, two);
        assert.is(release(one), !isView, name);
        assert.is(two.byteLength, bytes, name);
        assert.is(release(two), true, name);
      }
    }),
  );
}

addonTest("small arrays, and those of other modes, have a map each", () =>
  withTmp((directory) => {
    const [one, two] = [open(directory, SMALL), open(directory, SMALL)];
    assert.is.not(one.buffer, two.buffer);
    assert.is(release(one), true);
    sameArray(two, ramp(SMALL));
    for (const mmapMode of ["c", "r+"] as const) {
      const memory = new Memory(join(directory, mmapMode), { verbose: 0, mmapMode });
      const [three, four] = [memory.eval(ramp, LARGE), memory.eval(ramp, LARGE)];
      assert.is.not(three.buffer, four.buffer);
      assert.is(release(three), true);
      sameArray(four, ramp(LARGE));
    }
  }),
);

if (process.platform === "linux") {
  addonTest("nothing keeps an array alive that was dropped", () =>
    withTmp((directory) => {
      const { stdout, stderr } = runProgram(
        `import fs from "node:fs";
         const { hash, Memory, release } = await import(lib("index.ts"));
         const cached = new Memory(process.argv.at(-1), { verbose: 0, mmapMode: "r" }).cache(
           function make(n) { return new Float64Array(n).fill(3); });
         const maps = () => fs.readFileSync("/proc/self/maps", "utf8").split(process.argv.at(-1)).length - 1;
         const drop = () => { for (let i = 0; i < 20; i++) { const a = cached(${LARGE}); hash(a); if (i % 3 === 0) release(a); } };
         const use = () => { let held = cached(${LARGE}); drop(); held = undefined; return maps(); };
         const before = use();
         for (let i = 0; i < 50 && maps() > 0; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 1)); }
         console.log(before, maps());`,
        { args: [directory], flags: ["--expose-gc"] },
      );
      assert.is(`${stdout}${stderr}`, "1 0\n");
    }),
  );
}

test.run();
