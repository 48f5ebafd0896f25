/**
 * What a Memory holds: `entries`, `stats`, `reduceSize`, `limits`, `flush`.
 *
 * @module
 */

import { utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;

function manifests(directory: string): string[] {
  return filesIn(directory).filter((file) => file.endsWith("entry.json"));
}

test("entries lists what is stored, of all functions or of one", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const zeros = memory.cache((n: number) => new Float64Array(n), { name: "zeros" });
    const text = memory.cache((x: string) => x.repeat(2), { name: "text" });
    zeros(3);
    zeros(4);
    text("ab");

    assert.is([...memory.entries()].length, 3);
    const listed = [...memory.entries({ func: zeros })];
    assert.equal(listed.map(({ inputArgs }) => inputArgs.join()).sort(), ["3", "4"]);
    assert.equal(
      listed.map(({ argsId }) => argsId).sort(),
      [...zeros.entries()].map(({ argsId }) => argsId).sort(),
    );
    assert.is([...memory.entries({ func: text.functionId })].length, 1);
    assert.equal([...memory.entries({ func: "m#unknown" })], []);
    const [entry] = listed;
    assert.is(entry?.functionId, zeros.functionId);
    assert.is(entry?.arrays[0]?.className, "Float64Array");
    assert.ok((entry?.bytes ?? 0) > 200);
    assert.ok(Math.abs((entry?.lastUsed ?? 0) - Date.now() / 1000) < 60);
    assert.ok(Math.abs((entry?.time ?? 0) - Date.now() / 1000) < 60);
    assert.throws(() => memory.entries({ func: 5 as never }), TypeError);
    assert.equal([...new Memory(null).entries()], []);
  }));

test("stats counts hits and misses, seconds and bytes, of all functions and of each", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const wait = memory.cache(
      (ms: number) => {
        for (const end = performance.now() + ms; performance.now() < end; );
        return ms;
      },
      { name: "wait" },
    );
    const one = memory.cache(() => 1, { name: "one" });
    wait(20);
    wait(20);
    wait(20);
    wait(1);
    one();

    const { hits, misses, secondsSaved, secondsSpent, items, bytes } = wait.stats();
    assert.equal([hits, misses, items], [2, 2, 2]);
    assert.ok(secondsSaved >= 0.04 && secondsSaved < 4, `${secondsSaved}`);
    assert.ok(secondsSpent > 0 && bytes > 0);
    const all = memory.stats();
    assert.equal([all.hits, all.misses, all.items], [2, 3, 3]);
    assert.equal(Object.keys(all.functions).sort(), [one.functionId, wait.functionId].sort());
    assert.equal(all.functions[wait.functionId], wait.stats());

    const other = new Memory(directory, quiet).stats();
    assert.equal([other.hits, other.misses, other.items], [0, 0, 3]);
    assert.is(other.bytes, all.bytes);
    assert.is(new Memory(null).stats().items, 0);
  }));

test("reduceSize keeps what was used last, and a dry run changes nothing", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const make = memory.cache((x: number) => new Float64Array(100).fill(x), { name: "make" });
    for (let x = 0; x < 5; x++) make(x);
    const now = Date.now() / 1000;
    for (const { inputArgs, path } of make.entries()) {
      const age = 1000 - 100 * Number(inputArgs[0]);
      utimesSync(join(path, "entry.json"), now - age, now - age);
    }
    make(0);
    const tried = memory.reduceSize({ itemsLimit: 2, dryRun: true });
    assert.is(manifests(directory).length, 5);
    const done = memory.reduce_size({ itemsLimit: 2 });
    assert.equal(done, tried);
    assert.equal([done.removed.items, done.kept.items], [3, 2]);
    assert.equal(
      [0, 1, 2, 3, 4].map((x) => make.checkCallInCache(x)),
      [true, false, false, false, true],
    );

    assert.is(memory.reduceSize().removed.items, 0);
    assert.is(memory.reduceSize({ bytesLimit: "1M" }).removed.items, 0);
    assert.is(memory.reduceSize({ ageLimit: { days: 1 } }).removed.items, 0);
    assert.is(memory.reduceSize({ bytesLimit: 0 }).kept.items, 0);
  }));

test("wrong limits are errors, also of an empty cache and of none", () =>
  withTmp((directory) => {
    for (const memory of [new Memory(directory, quiet), new Memory(null, quiet)]) {
      for (const limits of [
        { bytesLimit: -1 },
        { bytesLimit: Number.NaN },
        { itemsLimit: -1 },
        { itemsLimit: 1.5 },
        { ageLimit: -1 },
        { ageLimit: Number.POSITIVE_INFINITY },
        { ageLimit: { seconds: -1 } },
      ]) {
        assert.throws(() => memory.reduceSize(limits), RangeError, JSON.stringify(limits));
      }
      assert.throws(() => memory.reduceSize({ bytes: 5 } as never), /"bytes"/);
    }
    assert.throws(() => new Memory(directory, { limits: { items: -1 } }), RangeError);
    assert.throws(() => new Memory(directory, { limits: { size: 5 } as never }), /"size"/);
  }));

test("limits are kept after stores", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, { ...quiet, limits: { items: 5 } });
    const make = memory.cache((x: number) => new Float64Array(10).fill(x), { name: "make" });
    for (let x = 0; x < 12; x++) make(x);
    await memory.flush();
    assert.is(manifests(directory).length, 5);
    assert.equal(
      [0, 11].map((x) => make.checkCallInCache(x)),
      [false, true],
    );
  }));

test.run();
