/**
 * Calls of one thread that miss at the same time: one computes, and each has a value of its own.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type MemorizedResult, Memory } from "../../lib/index.ts";
import { rejects } from "../helpers/assert.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;
const local = (directory: string) => new Memory(directory, quiet);
const inMemory = () => new Memory(new MemoryStore(randomUUID()), quiet);

/** Runs a test with a Memory on each kind of store. */
function onEachStore(name: string, run: (memory: Memory) => Promise<void>): void {
  test(`${name}, in a directory`, () => withTmp((directory) => run(local(directory))));
  test(`${name}, in another store`, () => run(inMemory() as unknown as Memory));
}

onEachStore(
  "calls at once run the function once, and each has a value of its own",
  async (memory) => {
    const runs: number[] = [];
    const make = memory.cache(async function make(x: number) {
      runs.push(x);
      await setTimeout(10);
      return { array: new Float64Array([x, x]), list: [x] };
    });
    const calls = [make(1), make(2), make(1), make(1)];
    // The first to get his value changes it at once.
    void calls[0]?.then((value) => {
      value.array.fill(-1);
      value.list.push(-1);
    });
    const [changed, other, ...own] = await Promise.all(calls);
    assert.equal(runs, [1, 2]);
    assert.is(changed?.array[0], -1);
    assert.is(other?.array[0], 2);
    for (const { array, list } of own) assert.equal([...array, ...list], [1, 1, 1]);
    assert.is(new Set(own.map(({ array }) => array.buffer)).size, 2);
    assert.is((await memory.stats()).hits, 2);
  },
);

onEachStore("a rejection reaches all who wait, and is not kept", async (memory) => {
  let runs = 0;
  const fail = memory.cache(async function fail(_x: number): Promise<number> {
    runs++;
    await setTimeout(5);
    throw Object.assign(new Error("no"), { code: "E_NO" });
  });
  await Promise.all([1, 1, 1].map((x) => rejects(fail(x), "E_NO")));
  assert.is(runs, 1);
  await rejects(fail(1), "E_NO");
  assert.is(runs, 2);
});

onEachStore("a value that is not to be stored is shared as copies", async (memory) => {
  let runs = 0;
  const make = memory.cache(
    async function make(text: string) {
      runs++;
      await setTimeout(5);
      return text === "" ? 7 : { text, array: new Float32Array([1, 2]), when: new Date(5) };
    },
    { storeIf: () => false },
  );
  const calls = ["a", "a", "a", "", ""].map((text) => make(text));
  void calls[0]?.then((value) => (value as { array: Float32Array }).array.fill(0));
  const [, second, third, ...numbers] = await Promise.all(calls);
  assert.is(runs, 2);
  assert.equal(numbers, [7, 7]);
  assert.equal(second, { text: "a", array: new Float32Array([1, 2]), when: new Date(5) });
  assert.equal(third, second);
  assert.is.not((third as { array: unknown }).array, (second as { array: unknown }).array);
  await make("a");
  assert.is(runs, 3);
});

onEachStore("what has no exact copy is computed by each", async (memory) => {
  let runs = 0;
  const make = memory.cache(async function make() {
    const number = ++runs;
    await setTimeout(5);
    return { number: () => number };
  });
  const { result } = await withWarnings(() => Promise.all([make(), make(), make()]));
  assert.equal(result.map(({ number }) => number()).sort(), [1, 2, 3]);
});

test("a function that returns promises without being declared async is shared, too", () =>
  withTmp(async (directory) => {
    let runs = 0;
    const later = local(directory).cache(function later(x: number): Promise<number[]> {
      runs++;
      return setTimeout(5, [x]);
    });
    const [a, b] = await Promise.all([later(1), later(1)]);
    assert.equal([a, b, runs], [[1], [1], 1]);
    assert.is.not(a, b);
  }));

test("calls of two Memories on one directory share a computation; references to it, too", () =>
  withTmp(async (directory) => {
    let runs = 0;
    const make = async (x: number): Promise<Float64Array> => {
      runs++;
      await setTimeout(10);
      return new Float64Array([x]);
    };
    const identity = { name: "make", module: "m" };
    const first = new Memory(directory, quiet).cache(make, identity);
    const second = new Memory(directory, { ...quiet, lock: false }).cache(make, identity);
    const [value, shelved] = await Promise.all([first(3), second.callAndShelve(3)]);
    assert.is(runs, 1);
    const loaded = await (shelved as MemorizedResult<Float64Array>).get();
    assert.equal([...value, ...loaded], [3, 3]);
  }));

test("without a location every call runs the function, and recompute runs it always", () =>
  withTmp(async (directory) => {
    let runs = 0;
    const count = async (): Promise<number> => {
      runs++;
      return setTimeout(5, runs);
    };
    const uncached = new Memory(null, quiet).cache(count, { name: "count" });
    await Promise.all([uncached(), uncached()]);
    assert.is(runs, 2);
    const cached = local(directory).cache(count, { name: "count" });
    await Promise.all([cached.recompute(), cached.recompute(), cached()]);
    assert.is(runs, 5);
  }));

test("a result that was computed during the call needs no validation", () =>
  withTmp(async (directory) => {
    let [runs, asked] = [0, 0];
    const make = local(directory).cache(
      async function make() {
        return setTimeout(10, ++runs);
      },
      {
        cacheValidationCallback() {
          asked++;
          return false;
        },
      },
    );
    await make();
    assert.equal(await Promise.all([make(), make(), make()]), [2, 2, 2]);
    assert.equal([runs, asked], [2, 3]);
  }));

test("where an argument changes while the function runs, nobody else gets the result", () =>
  withTmp(async (directory) => {
    const sum = local(directory).cache(async function sum(x: Float64Array) {
      await setTimeout(5);
      return x.reduce((total, value) => total + value, 0);
    });
    const mine = new Float64Array([1, 2]);
    const { result, warnings } = await withWarnings(() => {
      const calls = [sum(mine), sum(new Float64Array([1, 2]))];
      mine.fill(50);
      return Promise.all(calls);
    });
    assert.equal(result, [100, 3]);
    assert.equal(
      warnings.map(({ code }) => code),
      ["CACHE_ARGUMENTS_CHANGED"],
    );
  }));

onEachStore(
  "a call that waits longer than lockTimeout for another one is an error",
  async (memory) => {
    let runs = 0;
    const slow = memory.cache(
      async function slow(x: number) {
        runs++;
        return setTimeout(150, x);
      },
      { lockTimeout: { milliseconds: 20 } },
    );
    const first = slow(1);
    const error = await slow(1).then(String, (thrown: Error) => thrown);
    assert.is((error as { code?: string }).code, "ERR_LOCK_TIMEOUT");
    assert.match(
      (error as Error).message,
      /slow waited for lockTimeout \(20 ms\) while another call in/,
    );
    assert.equal([await first, await slow(1), runs], [1, 1, 1]);
  },
);

test.run();
