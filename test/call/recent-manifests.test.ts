import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ndarray from "ndarray";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeEntryManifest } from "../../lib/call/entries/entry-manifest.ts";
import { RecentManifests } from "../../lib/call/entries/recent-manifests.ts";
import { Memory } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { runProgram } from "../native/scratch.ts";

const quiet = { verbose: 0 } as const;

function square(x: number): number {
  return x * x;
}

/** The paths of all manifests. */
function manifests(directory: string): string[] {
  return filesIn(directory)
    .filter((file) => file.endsWith("entry.json"))
    .map((file) => join(directory, file));
}

test("a manifest is kept from the second time on that it is read", () =>
  withTmp((directory) => {
    new Memory(directory, quiet).cache(square)(3);
    const [path = ""] = manifests(directory);
    const bytes = readFileSync(path);
    const { key } = decodeEntryManifest(bytes);
    const recent = new RecentManifests();
    const read = () => recent.manifest({ ...key }, Buffer.from(bytes), () => path);
    const [first, second, third] = [read(), read(), read()];
    assert.equal(first, third);
    assert.is.not(first, second);
    assert.is(second, third);
    assert.is(recent.get(key)?.path, path);
    assert.is(recent.get({ ...key, functionId: "other" }), undefined);
  }));

test("an entry that another Memory replaces between two hits is read anew", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(square);
    assert.equal([cached(3), cached(3), cached(3)], [9, 9, 9]);
    new Memory(directory, quiet).cache(square).set([3], 10);
    assert.equal([cached(3), cached(3)], [10, 10]);
  }));

test("an entry that is damaged between two hits is computed again", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(square);
    cached(3);
    cached(3);
    const [manifest = ""] = manifests(directory);
    const text = readFileSync(manifest, "latin1");
    assert.ok(text.includes('"json":9'));
    writeFileSync(manifest, text.replace('"json":9', '"json":8'), "latin1");
    assert.is(cached(3), 9);
    assert.is(cached.stats().misses, 2);
  }));

test("an entry that lies where that of another call was found is no hit", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(square);
    cached(3);
    const [three = ""] = manifests(directory);
    cached(4);
    const four = manifests(directory).find((path) => path !== three) ?? "";
    assert.equal([cached(3), cached(4)], [9, 16]);
    writeFileSync(four, readFileSync(three));
    assert.equal([cached(3), cached(4)], [9, 16]);
    assert.is(cached.stats().misses, 3);
  }));

test("what a validation does to the metadata it is given is not seen by later calls", () =>
  withTmp((directory) => {
    const durations: number[] = [];
    const cached = new Memory(directory, quiet).cache(square, {
      cacheValidationCallback(metadata) {
        durations.push(metadata.duration);
        Object.assign(metadata, { duration: -1 });
        return true;
      },
    });
    for (let i = 0; i < 3; i++) cached(3);
    assert.is(durations.length, 2);
    assert.ok(durations.every((duration) => duration >= 0));
  }));

test("objects that come from equal manifests are not the same", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(function pair(x: number) {
      return { x };
    });
    cached(1);
    const first = cached(1);
    first.x = 2;
    assert.equal(cached(1), { x: 1 });
  }));

test("what somebody does to the shape of an array is not seen by later hits", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(function grid(n: number) {
      return ndarray(new Float64Array(2 * n), [n, 2]);
    });
    cached(3);
    cached(3).shape[0] = 1;
    assert.equal(cached(3).shape, [3, 2]);
  }));

for (const mmapMode of [null, "r"] as const) {
  test(`an array whose file is cut between two hits is computed again, mmapMode ${mmapMode}`, () =>
    withTmp(async (directory) => {
      const { warnings } = await withWarnings(() => {
        const cached = new Memory(directory, { ...quiet, mmapMode }).cache(function ones(
          n: number,
        ) {
          return new Float64Array(n).fill(1);
        });
        for (let i = 0; i < 3; i++) assert.is(cached(4000).length, 4000);
        truncateSync(onlyFile(directory, ".npy"), 4096);
        sameArray(cached(4000), new Float64Array(4000).fill(1));
        assert.is(cached.stats().misses, 2);
      });
      const ours = warnings.filter(({ message }) => message.includes(directory));
      assert.is(ours.length, 1);
    }));

  test(`an array that another Memory replaces between two hits is loaded anew, mmapMode ${mmapMode}`, () =>
    withTmp((directory) => {
      const make = function make(n: number): Float64Array {
        return new Float64Array(n).fill(1);
      };
      const cached = new Memory(directory, { ...quiet, mmapMode }).cache(make);
      for (let i = 0; i < 3; i++) assert.is(cached(2 ** 20)[7], 1);
      new Memory(directory, quiet).cache(make).set([2 ** 20], new Float64Array(2 ** 20).fill(2));
      for (let i = 0; i < 3; i++) assert.is(cached(2 ** 20)[7], 2);
      assert.is(cached.stats().misses, 1);
    }));
}

for (const NDMEMO_NATIVE of ["0", "1"]) {
  test(`hits stay hits for long, with NDMEMO_NATIVE=${NDMEMO_NATIVE}`, () =>
    withTmp((directory) => {
      const { stdout, stderr } = runProgram(
        `import fs from "node:fs";
         const { Memory } = await import(lib("index.ts"));
         const memory = () => new Memory(process.argv.at(-1), { verbose: 0 });
         function square(x) { return x * x; }
         for (let i = 0; i < 300; i++) memory().cache(square)(i);
         const cached = memory().cache(square);
         let wrong = 0;
         for (let turn = 0; turn < 3; turn++) {
           for (let i = 0; i < 300; i++) if (cached(i) !== i * i) wrong++;
         }
         memory().cache(square).set([7], 50);
         console.log(wrong, cached.stats().hits, cached.stats().misses, cached(7), cached(8));`,
        { args: [directory], env: { NDMEMO_NATIVE } },
      );
      assert.is(stdout, "0 900 0 50 64\n", stderr);
    }));
}

test.run();
