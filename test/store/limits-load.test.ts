/**
 * Limits while several processes store, and while everything goes away under them.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { LocalStore } from "../../lib/store/local.ts";
import { bundledPath } from "../helpers/bundle.ts";
import { countEntries } from "../helpers/entries.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

interface Told {
  readonly tooEarly: number;
  readonly warnings: readonly string[];
}

/** Four processes that store entries under a limit. */
function startWriters(directory: string, entries: number, limits: object): Promise<Told[]> {
  const args = [bundledPath("limits-writer"), directory, `${entries}`, JSON.stringify(limits)];
  const writers = Array.from({ length: 4 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout) as Told;
  });
  return Promise.all(writers);
}

test("entries, directories and all of the store vanish under those who store and evict", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    let isDone = false;
    const writers = startWriters(directory, 100, { items: 10 }).finally(() => {
      isDone = true;
    });
    for (let turn = 0; !isDone; turn++) {
      await setTimeout(20);
      if (turn % 3 === 0) store.clear();
      else if (turn % 3 === 1) removeNow(store.layout.entries);
      else for (const path of someOf(store)) removeNow(path);
    }
    // Whose entry was removed by us, nobody evicted.
    for (const { warnings } of await writers) assert.equal(warnings, []);
    assert.ok(countEntries(store) <= 10, `${countEntries(store)} entries`);
    assert.equal(filesIn(store.layout.tmp), []);
  }));

test("results of four processes stay within a limit of bytes, and no fresh one is evicted", () =>
  withTmp(async (directory) => {
    const limit = 5000;
    for (const { tooEarly, warnings } of await startWriters(directory, 100, { bytes: limit })) {
      assert.equal({ tooEarly, warnings }, { tooEarly: 0, warnings: [] });
    }
    const memory = new Memory(directory, { verbose: 0 });
    const { kept } = memory.reduceSize({ bytesLimit: limit, dryRun: true });
    assert.ok(kept.bytes <= limit && kept.bytes > limit / 2, `${kept.bytes} bytes`);
  }));

test("a result larger than the limit is returned and not kept, and evicts nothing", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, { verbose: 0, limits: { bytes: "64K" } });
    const make = memory.cache((length: number) => new Float64Array(length).fill(length), {
      ...{ name: "make", module: "m" },
    });
    for (const length of [10, 20, 30]) make(length);
    const { result, warnings } = await withWarnings(() => [make(9000), make(10_000), make(9000)]);
    assert.equal(
      result.map(({ length }) => length),
      [9000, 10_000, 9000],
    );
    assert.is(warnings.length, 1);
    assert.is(warnings[0]?.code, "CACHE_OVER_LIMIT");
    assert.match(
      warnings[0]?.message ?? "",
      /^The result of m#make is returned but could not be cached: it takes 72\d{3} bytes, and the limit of the whole cache is 65536 bytes\. /,
    );
    await memory.flush();
    assert.equal(
      [10, 20, 30, 9000].map((length) => make.checkCallInCache(length)),
      [true, true, true, false],
    );
    assert.equal(filesIn(join(directory, "ndmemo/tmp")), []);
  }));

/** Removes what is there; what is added meanwhile stays, and what it lies in. */
function removeNow(path: string): void {
  try {
    rmSync(path, { recursive: true });
  } catch {
    // Somebody else was faster, or stored something in it.
  }
}

function someOf({ layout }: LocalStore): string[] {
  try {
    const all = readdirSync(layout.entries, { recursive: true, encoding: "utf8" });
    return all.filter((_, i) => i % 5 === 0).map((name) => join(layout.entries, name));
  } catch {
    return [];
  }
}

test.run();
