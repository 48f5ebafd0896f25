/**
 * What joblib's `test_store_backends.py` and the tests of stores in `test_memory.py` ask: several
 * processes and threads at once, and kinds of stores by name.
 *
 * @module
 */

import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, registerStoreBackend, StoreBackend } from "../../lib/index.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { inProcess, inThread, program } from "./program.ts";

// test_parallel_call_cached_function_defined_in_jupyter
test("processes that define one function keep each other's entries, and a later one finds them", () =>
  withTmp(async (directory) => {
    const location = join(directory, "cache");
    // A notebook makes its functions from text: no file has their source.
    const body = `
      let runs = 0;
      const f = new Function("runs", "return function f(x) { runs.count++; return x + 1; }");
      const runsOf = { count: 0 };
      const cached = new Memory(args[0], { verbose: 0 }).cache(f(runsOf), { module: "cell" });
      told = [];
      for (const x of args[1]) told.push(cached(Number(x)));
      told.push(runsOf.count);`;
    const file = program(directory, body);
    assert.equal(await inProcess(file, location, "1"), [[], [2, 1]]);
    assert.equal(
      await Promise.all([inProcess(file, location, "12"), inProcess(file, location, "13")]),
      [
        [[], [2, 3, 1]],
        [[], [2, 4, 1]],
      ],
    );
    assert.equal(await inProcess(file, location, "123"), [[], [2, 3, 4, 0]]);
    assert.is(filesIn(location).filter((path) => path.endsWith("entry.json")).length, 3);
  }));

// test_cached_function_race_condition_when_persisting_output, …_2
test("processes and threads that compute one large result at once all get it, without a warning", () =>
  withTmp(async (directory) => {
    const location = join(directory, "cache");
    const body = `
      const cached = new Memory(args[0], { verbose: 0 }).cache(function large(n) {
        return { array: new Float64Array(n).fill(7), list: Array.from({ length: 3e4 }, (_, i) => i) };
      }, { module: "m" });
      const { array, list } = cached(2e6);
      told = [array.length, array.every((value) => value === 7), list.at(-1)];
      if (JSON.stringify(cached(2e6).list) !== JSON.stringify(list)) problems.push("another list");`;
    const file = program(directory, body);
    const runs = [inProcess, inProcess, inThread, inThread].map((run) => run(file, location));
    for (const answer of await Promise.all(runs)) {
      assert.equal(answer, [[], [2_000_000, true, 29_999]]);
    }
    assert.equal(filesIn(join(location, "ndmemo/tmp")), []);
    assert.is(filesIn(location).filter((path) => path.endsWith(".npy")).length, 1);
  }));

// test_register_invalid_store_backends_key, test_register_invalid_store_backends_object
test("a kind of store has a string for its name and a class that extends StoreBackend", () => {
  class Other {}
  const register = registerStoreBackend as (name: unknown, backend: unknown) => void;
  for (const name of [null, undefined, 5, {}, [], ["x"]]) {
    assert.throws(() => register(name, Other), /name of a store backend/);
    assert.throws(() => register(name, Other), TypeError);
  }
  for (const backend of [null, undefined, "Other", {}, () => 1, Other, StoreBackend]) {
    assert.throws(() => register("of-another-kind", backend), TypeError);
  }
  assert.throws(
    () => new Memory("x", { backend: "of-another-kind" }),
    /no store backend "of-another-kind"/,
  );
  assert.throws(() => register("local", Other), RangeError);
});

// test_memory_default_store_backend
test("a backend of no known name is a TypeError that lists those there are", () => {
  for (const location of ["cache", null]) {
    assert.throws(
      () => new Memory(location, { backend: "unknown" }),
      (error: unknown) =>
        error instanceof TypeError && /"unknown": known are "local"/.test(error.message),
    );
  }
});

// test_dummy_store_backend
test("a registered kind of store is made with its location and options, and keeps results", async () => {
  const made: unknown[][] = [];
  class Told extends MemoryStore {
    constructor(location: string, options: object) {
      super(location);
      made.push([location, options]);
    }
  }
  registerStoreBackend("upstream-told", Told);
  const backendOptions = { bucket: "b" };
  const memory = new Memory("some place", { verbose: 0, backend: "upstream-told", backendOptions });
  assert.equal(made, [["some place", backendOptions]]);
  assert.is(memory.backend, "upstream-told");
  const runs: number[] = [];
  const cached = memory.cache(function f(x: number) {
    runs.push(x);
    return { array: new Float64Array([x]) };
  });
  for (let i = 0; i < 2; i++) assert.is((await cached(5)).array[0], 5);
  assert.equal(runs, [5]);
  assert.is(await cached.checkCallInCache(5), true);
  await memory.clear({ warn: false });
  assert.is(await cached.checkCallInCache(5), false);
});

// test_instanciate_incomplete_store_backend
test("a store that lacks a method costs warnings, and no value", async () => {
  class Incomplete {
    readonly location = "nowhere";
  }
  Object.setPrototypeOf(Incomplete.prototype, StoreBackend.prototype);
  const store = new Incomplete() as unknown as StoreBackend;
  const cached = new Memory(store, { verbose: 0 }).cache(function f(x: number) {
    return x + 1;
  });
  const { result, warnings } = await withWarnings(async () => [await cached(1), await cached(2)]);
  assert.equal(result, [2, 3]);
  assert.ok(warnings.length > 0);
});

test.run();
