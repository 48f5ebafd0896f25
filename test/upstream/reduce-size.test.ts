/**
 * What joblib's `test_memory.py` asks of `reduce_size` and of the list of entries.
 *
 * Entries are given their age by the time of their manifest, which is when they were last used.
 *
 * @module
 */

import { statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const HOUR = 3_600_000;

/** A Memory with ten entries of one size, used 9, 8, …, 0 hours ago. */
function tenEntries(directory: string): { memory: Memory; bytes: number } {
  const memory = new Memory(directory, { verbose: 0 });
  const cached = memory.cache(function zeros(_n: number) {
    return new Uint8Array(1000);
  });
  // The metadata of an entry are a few bytes shorter or longer than those of another.
  let bytes = 0;
  for (let n = 0; n < 10; n++) {
    cached(n);
    const { path, bytes: its } = [...memory.entries()].find(
      ({ inputArgs }) => inputArgs[0] === `${n}`,
    ) as { path: string; bytes: number };
    bytes = Math.max(bytes, its);
    const time = new Date(Date.now() - (9 - n) * HOUR - HOUR / 2);
    utimesSync(join(path, "entry.json"), time, time);
  }
  return { memory, bytes };
}

/** The arguments of the entries that are left. */
function left(memory: Memory): number[] {
  return Array.from(memory.entries(), ({ inputArgs }) => Number(inputArgs[0])).sort();
}

const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

// test__get_items
test("entries are listed with place, size and last use", () =>
  withTmp((directory) => {
    const { memory } = tenEntries(directory);
    const entries = [...memory.entries()];
    const manifests = filesIn(directory).filter((file) => file.endsWith("entry.json"));
    assert.equal(
      entries.map(({ path }) => path).sort(),
      manifests.map((file) => dirname(join(directory, file))).sort(),
    );
    for (const { path, bytes, lastUsed } of entries) {
      const sizes = filesIn(path).map((file) => statSync(join(path, file)).size);
      assert.is(
        bytes,
        sizes.reduce((sum, size) => sum + size, 0),
      );
      assert.is(
        Math.round(lastUsed),
        Math.round(statSync(join(path, "entry.json")).mtimeMs / 1000),
      );
    }
  }));

// test__get_items_to_delete
test("the least recently used go first, and a size as text is the same as its number", () =>
  withTmp((directory) => {
    const empty = new Memory(join(directory, "empty"), { verbose: 0 });
    const nothing = { items: 0, bytes: 0 };
    assert.equal(empty.reduceSize({ bytesLimit: "1K" }), { removed: nothing, kept: nothing });

    const { memory } = tenEntries(join(directory, "ten"));
    for (const [text, number] of [
      ["4K", 4096],
      ["1M", 2 ** 20],
      ["0", 0],
    ] as const) {
      const planned = memory.reduceSize({ bytesLimit: text, dryRun: true });
      assert.equal(memory.reduceSize({ bytesLimit: number, dryRun: true }), planned);
      assert.is(planned.removed.items + planned.kept.items, 10);
      assert.ok(planned.kept.bytes <= number);
    }
    assert.is(memory.reduceSize({ bytesLimit: "1M", dryRun: true }).removed.items, 0);
    assert.equal(left(memory), all);
    const { kept } = memory.reduceSize({ bytesLimit: "4K" });
    assert.ok(kept.items > 0 && kept.items < 10);
    assert.equal(left(memory), all.slice(10 - kept.items));
  }));

// test_memory_reduce_size_bytes_limit
test("reduceSize keeps what fits into a number of bytes", () =>
  withTmp((directory) => {
    const { memory, bytes } = tenEntries(directory);
    memory.reduceSize();
    memory.reduceSize({ bytesLimit: 10 * bytes });
    assert.equal(left(memory), all);
    memory.reduceSize({ bytesLimit: 2 * bytes + 10 });
    assert.equal(left(memory), [8, 9]);
    memory.reduceSize({ bytesLimit: 500 });
    assert.equal(left(memory), []);
  }));

// test_memory_reduce_size_items_limit
test("reduceSize keeps a number of entries, also under the name that joblib has for it", () =>
  withTmp((directory) => {
    const { memory } = tenEntries(directory);
    memory.reduceSize({ itemsLimit: 10 });
    assert.equal(left(memory), all);
    memory.reduce_size({ itemsLimit: 2 });
    assert.equal(left(memory), [8, 9]);
    memory.reduceSize({ itemsLimit: 0 });
    assert.equal(left(memory), []);
  }));

// test_memory_reduce_size_age_limit
test("reduceSize keeps what was used within a time, which is not negative", () =>
  withTmp((directory) => {
    for (const location of [directory, join(directory, "empty"), null]) {
      const memory = new Memory(location, { verbose: 0 });
      assert.throws(() => memory.reduceSize({ ageLimit: -1 }), RangeError);
      assert.throws(() => memory.reduceSize({ ageLimit: { seconds: -1 } }), RangeError);
    }
    const { memory } = tenEntries(directory);
    memory.reduceSize({ ageLimit: { days: 1 } });
    assert.equal(left(memory), all);
    memory.reduceSize({ ageLimit: { hours: 2 } });
    assert.equal(left(memory), [8, 9]);
    memory.reduceSize({ ageLimit: HOUR });
    assert.equal(left(memory), [9]);
    memory.reduceSize({ ageLimit: 0 });
    assert.equal(left(memory), []);
  }));

// test_memstr_to_bytes_exception
test("a size that is none is a RangeError, also on an empty cache", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    for (const bytesLimit of ["fooG", "1.4N", "", "-1K", "K"]) {
      assert.throws(
        () => memory.reduceSize({ bytesLimit }),
        (error: unknown) => error instanceof RangeError && /"1\.5G"/.test(error.message),
      );
    }
  }));

test.run();
