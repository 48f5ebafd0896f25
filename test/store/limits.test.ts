import { execFile } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flush } from "../../lib/store/background.ts";
import { evict } from "../../lib/store/limits/evict.ts";
import { Limits } from "../../lib/store/limits/limits.ts";
import type { SizeLimits } from "../../lib/store/limits/size-limits.ts";
import { storedEntries } from "../../lib/store/listing.ts";
import { LocalStore } from "../../lib/store/local.ts";
import { bundledPath } from "../helpers/bundle.ts";
import { addEntry, countEntries, keyOf, stored } from "../helpers/entries.ts";
import { asOrdinaryUser, hasPermissions } from "../helpers/ordinary-user.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const HOUR = 3_600_000;
const range = (length: number): string[] => Array.from({ length }, (_, i) => `${i}`);

/** Stores entries of 100 bytes and tells the limits of them. */
function storeAll(store: LocalStore, limits: Limits, names: readonly string[]): void {
  for (const name of names) {
    addEntry(store, name);
    limits.stored(100);
  }
}

test("after a flush exactly the last entries within the limits are left", () =>
  withTmp(async (directory) => {
    const cases: [limits: SizeLimits, kept: number][] = [
      [{ items: 5 }, 5],
      [{ bytes: 500 }, 5],
      [{ bytes: 499 }, 4],
      [{ items: 7, bytes: 300, age: HOUR }, 3],
      [{ items: 20, bytes: 2000, age: HOUR }, 10],
      [{ age: 0 }, 0],
    ];
    const runs = cases.map(async ([sizes, kept], i) => {
      const store = new LocalStore(join(directory, `${i}`), { durable: false });
      const limits = new Limits(store, sizes);
      storeAll(store, limits, range(10));
      await limits.flush();
      assert.equal(stored(store, range(10)), range(10).slice(10 - kept), JSON.stringify(sizes));
    });
    await Promise.all(runs);
  }));

test("the limits hold without a flush, in the background", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    const limits = new Limits(store, { items: 3 });
    storeAll(store, limits, range(6));
    for (let i = 0; i < 100 && countEntries(store) > 3; i++) await setTimeout(50);
    assert.equal(stored(store, range(6)), ["3", "4", "5"]);
  }));

test("each eviction is told, and what was used is spared", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    const told: string[] = [];
    const limits = new Limits(store, { items: 3 }, ({ argsId }) => told.push(argsId));
    storeAll(store, limits, range(5));
    // Listed by now, and used afterwards.
    await setTimeout(100);
    store.readManifest(keyOf("0"), true);
    await limits.flush();
    assert.equal(stored(store, range(5)), ["0", "3", "4"]);
    assert.equal(told, [keyOf("1").argsId, keyOf("2").argsId]);
    assert.equal(filesIn(store.layout.tmp), []);
  }));

test("entries of a former process are evicted by age and number", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (const name of range(8))
      addEntry(store, name, { lastUse: Date.now() - (9 - +name) * HOUR });
    await setTimeout(1100);
    const limits = new Limits(store, { age: 4.5 * HOUR, items: 4 });
    storeAll(store, limits, ["new"]);
    await limits.flush();
    assert.equal(stored(store, [...range(8), "new"]), ["5", "6", "7", "new"]);
  }));

test("replaced and removed entries count once, and nothing is evicted for them", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    const limits = new Limits(store, { items: 5 });
    storeAll(store, limits, range(5));
    await limits.flush();
    await setTimeout(1100);
    for (let i = 0; i < 20; i++) {
      storeAll(store, limits, ["4"]);
      await setTimeout(5);
    }
    store.remove(keyOf("2"));
    storeAll(store, limits, ["new"]);
    await limits.flush();
    assert.equal(stored(store, [...range(5), "new"]), ["0", "1", "3", "4", "new"]);
  }));

test("a loop that never lets the event loop turn is held near the limit", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (const name of range(50)) addEntry(store, name, { lastUse: Date.now() - HOUR });
    await setTimeout(1100);
    const limits = new Limits(store, { items: 20 });
    for (let i = 0; i < 8; i++) {
      storeAll(store, limits, [`new ${i}`]);
      const until = performance.now() + 40;
      while (performance.now() < until);
    }
    assert.ok(countEntries(store) <= 22, `${countEntries(store)} entries`);
    await limits.flush();
    assert.is(countEntries(store), 20);
    assert.is(
      stored(
        store,
        Array.from({ length: 8 }, (_, i) => `new ${i}`),
      ).length,
      8,
    );
  }));

test("what an interrupted removal left is deleted", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    const half = addEntry(store, "half", { sidecar: 10 });
    rmSync(half);
    const limits = new Limits(store, { items: 5 });
    storeAll(store, limits, ["whole"]);
    await limits.flush();
    await flush(directory);
    assert.not(existsSync(dirname(half)));
    assert.equal(stored(store, ["half", "whole"]), ["whole"]);
  }));

test("a flush without anything stored does nothing", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (const name of range(3)) addEntry(store, name);
    await new Limits(store, { items: 0 }).flush();
    assert.is(countEntries(store), 3);
  }));

test("an entry of the last second, one used since, and one that is gone are not evicted", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    const lastUse = Date.now() - 30_000;
    for (const name of ["used", "gone", "replaced", "old"]) addEntry(store, name, { lastUse });
    await setTimeout(1100);
    addEntry(store, "young", { lastUse });
    const listed = new Map(
      Array.from(storedEntries(store.layout), (entry) => [entry.argsId, entry]),
    );
    const outcome = (name: string): unknown => {
      const entry = listed.get(keyOf(name).argsId);
      return entry && evict(store.layout, entry);
    };
    store.readManifest(keyOf("used"), true);
    store.remove(keyOf("gone"));
    addEntry(store, "replaced");
    const wait = outcome("young");
    assert.ok(typeof wait === "number" && wait > 0 && wait <= 1010, `${wait}`);
    assert.equal(["used", "gone", "replaced", "old"].map(outcome), [
      "used",
      "gone",
      "used",
      "evicted",
    ]);
    assert.equal(stored(store, ["used", "gone", "replaced", "old", "young"]), [
      ...["used", "replaced", "young"],
    ]);
    assert.equal(filesIn(store.layout.tmp), []);
  }));

test("an entry that is stored again while it is evicted goes back to its place", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    addEntry(store, "a", { bytes: 100, lastUse: Date.now() - 30_000 });
    await setTimeout(1100);
    const [entry] = storedEntries(store.layout);
    let isReplaced = false;
    const layout = Object.create(store.layout, {
      tmp: {
        get() {
          // Asked for after the last look at the entry, before it is moved aside.
          if (!isReplaced) addEntry(store, "a", { bytes: 200 });
          isReplaced = true;
          return store.layout.tmp;
        },
      },
    });
    assert.is(entry && evict(layout, entry), "used");
    assert.equal(
      Array.from(storedEntries(store.layout), ({ bytes }) => bytes),
      [200],
    );
    assert.equal(filesIn(store.layout.tmp), []);
  }));

test("eviction leaves what is not ours, and works where tmp was removed", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    const limits = new Limits(store, { items: 0 });
    storeAll(store, limits, ["a", "b"]);
    const notes = join(
      dirname(store.path(keyOf("a"), "")),
      `${keyOf("a").argsId.slice(2)}/notes.txt`,
    );
    writeFileSync(notes, "precious");
    rmSync(store.layout.tmp, { recursive: true });
    await limits.flush();
    assert.is(countEntries(store), 0);
    assert.equal(readdirSync(dirname(notes)), ["notes.txt"]);
  }));

test("an error while evicting reaches no caller: one warning says it", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    const limits = new Limits(store, { items: 0 }, () => {
      throw Object.assign(new Error("no permission"), { code: "EACCES" });
    });
    const { warnings } = await withWarnings(async () => {
      storeAll(store, limits, range(3));
      await limits.flush();
      storeAll(store, limits, range(3));
      await limits.flush();
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["EACCES"],
    );
    assert.match(
      warnings[0]?.message ?? "",
      /limits of the cache in .* cannot be kept: no permission/,
    );
  }));

if (hasPermissions) {
  test("limits of a store that may not be changed are one warning", () =>
    withTmp(async (directory) => {
      const store = new LocalStore(directory, { durable: false });
      const limits = new Limits(store, { items: 0 });
      storeAll(store, limits, ["a"]);
      const shard = dirname(dirname(store.path(keyOf("a"), "entry.json")));
      chmodSync(shard, 0o555);
      const { warnings } = await asOrdinaryUser(directory, () =>
        withWarnings(() => limits.flush()),
      );
      chmodSync(shard, 0o755);
      assert.is(warnings.length, 1);
      assert.ok(existsSync(store.path(keyOf("a"), "entry.json")));
    }));
}

test("four processes that store at once keep the limit, and nobody's fresh entry is evicted", () =>
  withTmp(async (directory) => {
    const args = [bundledPath("limits-writer"), directory, "150", '{"items":20}'];
    const writers = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args));
    for (const { stdout } of await Promise.all(writers)) {
      assert.equal(JSON.parse(stdout), { tooEarly: 0, warnings: [] });
    }
    const store = new LocalStore(directory, { durable: false });
    assert.is(countEntries(store), 20);
    assert.equal(filesIn(store.layout.tmp), []);
    assert.equal(
      filesIn(directory).filter(
        (file) => !/(entry\.json|code\.js(on)?|TAG|\.gitignore)$/.test(file),
      ),
      [],
    );
  }));

test.run();
