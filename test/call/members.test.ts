import { readFileSync, rmSync, truncateSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { sameArray } from "../helpers/assert.ts";
import { filesIn, onlyFile, withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;

/** A memory whose functions count their runs. */
function counted(directory: string | null): { memory: Memory; runs: string[] } {
  return { memory: new Memory(directory, quiet), runs: [] };
}

test("recompute runs the function, replaces the entry and returns the metadata", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const state = { n: 0 };
    function next(_size: number): Float64Array {
      state.n++;
      return new Float64Array([state.n]);
    }
    const cached = memory.cache(next);
    sameArray(cached(5), new Float64Array([1]));
    const { value, metadata } = cached.recompute(5);
    sameArray(value, new Float64Array([2]));
    sameArray(cached(5), new Float64Array([2]));

    assert.is(metadata.functionId, cached.functionId);
    assert.match(metadata.codeId, /^[0-9a-f]{32}$/);
    assert.match(metadata.argsId, /^[0-9a-f]{32}$/);
    assert.equal(metadata.inputArgs, ["5"]);
    assert.is(metadata.bytes, 8);
    assert.is(metadata.arrays.length, 1);
    assert.is(metadata.node, process.versions.node);
    assert.ok(Math.abs(metadata.time - Date.now() / 1000) < 60);
    for (const seconds of [metadata.duration, ...Object.values(metadata.timings)]) {
      assert.ok(seconds >= 0 && seconds < 60);
    }
    const manifest = JSON.parse(readFileSync(onlyFile(directory, "entry.json"), "utf8"));
    assert.equal(manifest.metadata, metadata);
  }));

test("recompute of an asynchronous function returns a promise of both", () =>
  withTmp(async (directory) => {
    const cached = new Memory(directory, quiet).cache(async function two() {
      return 2;
    });
    const { value, metadata } = await cached.recompute();
    assert.is(value, 2);
    assert.is(metadata.functionId, cached.functionId);
  }));

test("checkCallInCache tells whether a call would hit, and changes nothing", () =>
  withTmp((directory) => {
    const { memory, runs } = counted(directory);
    const cached = memory.cache(function f(x: number) {
      runs.push("run");
      return x;
    });
    assert.is(cached.checkCallInCache(1), false);
    assert.equal(filesIn(directory), []);
    cached(1);
    assert.is(cached.checkCallInCache(1), true);
    assert.is(cached.checkCallInCache(2), false);
    assert.is(runs.length, 1);
  }));

test("checkCallInCache is false where a file of the entry is damaged", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(function f(length: number) {
      return new Float64Array(length);
    });
    cached(5);
    truncateSync(onlyFile(directory, ".npy"), 100);
    assert.is(cached.checkCallInCache(5), false);
    rmSync(onlyFile(directory, ".npy"));
    assert.is(cached.checkCallInCache(5), false);
  }));

test("forget removes one entry, clear of a function its own, clear of a Memory all", () =>
  withTmp((directory) => {
    const { memory, runs } = counted(directory);
    const f = memory.cache(function f(x: number) {
      runs.push(`f${x}`);
      return x;
    });
    const g = memory.cache(function g(x: number) {
      runs.push(`g${x}`);
      return x;
    });
    const callAll = (): void => void [f(1), f(2), g(1)];
    callAll();
    assert.is(f.forget(1), true);
    assert.is(f.forget(1), false);
    callAll();
    f.clear({ warn: false });
    callAll();
    memory.clear({ warn: false });
    callAll();
    assert.equal(runs.join(), "f1,f2,g1,f1,f1,f2,f1,f2,g1");
  }));

test.run();
