import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flush } from "../../lib/store/background.ts";
import { NOTES } from "../../lib/store/layout.ts";
import { reduce } from "../../lib/store/limits/reduce.ts";
import { storedEntries } from "../../lib/store/listing.ts";
import { LocalStore } from "../../lib/store/local.ts";
import { temporaryName } from "../../lib/store/temporary.ts";
import { addEntry, countEntries, keyOf, stored } from "../helpers/entries.ts";
import { asOrdinaryUser, hasPermissions } from "../helpers/ordinary-user.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const names = ["a", "b", "c", "d", "e"];
const HOUR = 3_600_000;

/** A store of five entries of 100 bytes, "a" used five hours ago and "e" one. */
async function withFive(run: (store: LocalStore, directory: string) => unknown): Promise<void> {
  await withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const start = Date.now();
    // Stored in another order than used.
    for (const i of [3, 0, 4, 1, 2]) {
      addEntry(store, names[i] as string, { lastUse: start - (5 - i) * HOUR });
    }
    return run(store, directory);
  });
}

/** Every path below a directory with what is to be the same if nothing changed. */
function snapshot(directory: string): unknown[] {
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  return paths.map((path) => {
    const { mtimeMs, size, ino } = lstatSync(join(directory, path));
    return [path, mtimeMs, size, ino];
  });
}

test("the least recently used go until every limit holds", () =>
  withFive((store) => {
    assert.equal(reduce(store, { items: 4 }), {
      removed: { items: 1, bytes: 100 },
      kept: { items: 4, bytes: 400 },
    });
    assert.equal(stored(store, names), ["b", "c", "d", "e"]);
    assert.equal(reduce(store, { items: 4, bytes: 399, age: 10 * HOUR }).removed.items, 1);
    assert.equal(stored(store, names), ["c", "d", "e"]);
    assert.equal(reduce(store, { items: 4, bytes: 399, age: 2.5 * HOUR }).removed.items, 1);
    assert.equal(stored(store, names), ["d", "e"]);
  }));

test("a store exactly at its limits is left as it is", () =>
  withFive((store) => {
    const { removed, kept } = reduce(store, { items: 5, bytes: 500, age: 6 * HOUR });
    assert.equal(
      [removed, kept],
      [
        { items: 0, bytes: 0 },
        { items: 5, bytes: 500 },
      ],
    );
    assert.equal(stored(store, names), names);
  }));

test("of very many entries readers find none any more, and the files go in the background", () =>
  withTmp(async (directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (let i = 0; i < 30; i++) addEntry(store, `${i}`, { sidecar: 10 });
    const notes = join(dirname(store.path(keyOf("1"), "entry.json")), "notes.txt");
    writeFileSync(notes, "precious");
    rmSync(addEntry(store, "half", { sidecar: 10 }));
    const { removed, kept } = reduce(store, { items: 10 }, { mostAtOnce: 19 });
    assert.equal(
      [removed, kept],
      [
        { items: 20, bytes: 2200 },
        { items: 10, bytes: 1100 },
      ],
    );
    assert.is(countEntries(store), 10);
    // One of them is stored again before its files were deleted.
    addEntry(store, "0", { sidecar: 10 });
    await flush(directory);
    const left = [...Array.from({ length: 10 }, (_, i) => `${i + 20}`), "0"];
    assert.equal(stored(store, left), left);
    const files = filesIn(store.layout.entries);
    assert.is(files.filter((file) => file.endsWith(".npy")).length, 11);
    assert.is(files.length, 11 * 2 + NOTES.length + 1);
    assert.ok(existsSync(notes));
    const entries = readdirSync(store.layout.entries, { recursive: true, encoding: "utf8" });
    assert.is(entries.filter((path) => /[\\/][0-9a-f]{30}$/.test(path)).length, 12);
  }));

test("without limits nothing happens but the count", () =>
  withFive((store, directory) => {
    const before = snapshot(directory);
    const report = { removed: { items: 0, bytes: 0 }, kept: { items: 5, bytes: 500 } };
    assert.equal(reduce(store, {}), report);
    assert.equal(reduce(store, { items: undefined, bytes: undefined, age: undefined }), report);
    assert.equal(snapshot(directory), before);
  }));

for (const limit of ["items", "bytes", "age"]) {
  test(`the limit 0 of ${limit} leaves nothing, entries stored just now included`, () =>
    withFive((store, directory) => {
      addEntry(store, "fresh");
      addEntry(store, "from the future", { lastUse: Date.now() + HOUR });
      const { removed, kept } = reduce(store, { [limit]: 0 });
      assert.equal([removed.items, kept.items], [7, 0]);
      assert.equal(filesIn(directory), [join("ndmemo/.gitignore"), join("ndmemo/CACHEDIR.TAG")]);
      assert.equal(readdirSync(store.layout.entries), []);
    }));
}

test("a dry run reports the same and changes nothing", () =>
  withFive((store, directory) => {
    store.readManifest(keyOf("d"), true);
    rmSync(addEntry(store, "half", { sidecar: 10 }));
    const before = snapshot(directory);
    const expected = reduce(store, { items: 2 }, { dryRun: true });
    assert.equal(snapshot(directory), before);
    assert.equal(reduce(store, { items: 2 }), expected);
    assert.equal(expected.removed, { items: 3, bytes: 300 });
    assert.equal(stored(store, names), ["d", "e"]);
  }));

test("an empty or missing store is no error", () =>
  withTmp((directory) => {
    const store = new LocalStore(join(directory, "none"), { durable: false });
    const nothing = { items: 0, bytes: 0 };
    assert.equal(reduce(store, { bytes: 0 }), { removed: nothing, kept: nothing });
    assert.not(existsSync(join(directory, "none")));
  }));

test("an entry from the future counts as used now", () =>
  withFive((store) => {
    addEntry(store, "future", { lastUse: Date.now() + 100 * HOUR });
    addEntry(store, "later", { lastUse: Date.now() + 200 * HOUR });
    reduce(store, { items: 3, age: HOUR * 1.5 });
    assert.equal(stored(store, ["e", "future", "later"]), ["e", "future", "later"]);
  }));

test("of entries used at the same time those go first whose paths come first", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const lastUse = Date.now() - HOUR;
    const many = Array.from({ length: 20 }, (_, i) => `${i}`);
    for (const name of many) addEntry(store, name, { lastUse });
    const inOrder = many.toSorted((a, b) => (keyOf(a).argsId < keyOf(b).argsId ? -1 : 1));
    reduce(store, { items: 7 });
    assert.equal(stored(store, inOrder), inOrder.slice(-7));
  }));

test("what is not ours survives, with the directories that hold it", () =>
  withFive((store, directory) => {
    const entry = dirname(store.path(keyOf("a"), "entry.json"));
    const code = dirname(dirname(entry));
    const foreign = [
      join(entry, "notes.txt"),
      join(dirname(dirname(store.path(keyOf("b"), "x"))), "notes.txt"),
      join(code, "notes.txt"),
      join(directory, "ndmemo/tmp/notes.txt"),
    ];
    for (const file of foreign) writeFileSync(file, "precious");
    assert.is(reduce(store, { items: 0 }).removed.items, 5);
    for (const file of foreign) assert.ok(existsSync(file), file);
    assert.ok(existsSync(join(code, "code.js")));
    assert.equal(readdirSync(entry), ["notes.txt"]);
  }));

test("leftovers of removals, empty directories and drafts of dead writers are cleared away", () =>
  withFive((store, directory) => {
    const half = addEntry(store, "half", { sidecar: 10, functionId: "a.ts#g" });
    rmSync(half);
    const forgotten = addEntry(store, "forgotten", { functionId: "a.ts#h" });
    store.remove(keyOf("forgotten", "a.ts#h"));
    assert.ok(existsSync(dirname(dirname(forgotten))));
    const live = join(store.layout.tmp, temporaryName());
    const dead = join(store.layout.tmp, temporaryName().replace(`-${process.pid}-`, "-4194304-"));
    for (const draft of [live, dead]) mkdirSync(draft);

    assert.is(reduce(store, { items: 5 }).removed.items, 0);
    assert.equal(readdirSync(store.layout.entries), ["a.ts#f"]);
    assert.equal([existsSync(live), existsSync(dead)], [true, false]);
    assert.equal(stored(store, names), names);
    assert.ok(filesIn(directory).length > 5);
  }));

test("the directories above come back when an entry is stored again", () =>
  withFive((store) => {
    reduce(store, { items: 0 });
    addEntry(store, "a");
    assert.equal(stored(store, names), ["a"]);
    assert.ok(existsSync(join(store.layout.code("a.ts#f", "c".repeat(32)), "code.js")));
  }));

test("what vanishes meanwhile counts neither as removed nor as kept", () =>
  withFive((store) => {
    const gone = store.path(keyOf("b"), "entry.json");
    const limits = {
      // The limits are looked at when the listing is done.
      get items(): number {
        rmSync(gone, { force: true });
        return 2;
      },
    };
    assert.equal(reduce(store, limits), {
      removed: { items: 2, bytes: 200 },
      kept: { items: 2, bytes: 200 },
    });
    assert.equal(stored(store, names), ["d", "e"]);
  }));

if (hasPermissions) {
  test("a store that may not be changed is an error of the file system", () =>
    withFive(async (store, directory) => {
      const entry = dirname(store.path(keyOf("a"), "entry.json"));
      chmodSync(entry, 0o555);
      await asOrdinaryUser(directory, () => {
        assert.throws(
          () => reduce(store, { items: 0 }),
          (error: NodeJS.ErrnoException) => error.code === "EACCES",
        );
      });
      chmodSync(entry, 0o755);
    }));
}

test("a reduction removes and keeps what a simple model does", () =>
  withTmp((directory) => {
    const look = fc.record({
      bytes: fc.integer({ min: 1, max: 50 }),
      sidecar: fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
      hoursAgo: fc.integer({ min: -1, max: 6 }),
    });
    const limits = fc.record(
      {
        bytes: fc.integer({ min: 0, max: 400 }),
        items: fc.integer({ min: 0, max: 9 }),
        age: fc.integer({ min: 0, max: 7 }).map((hours) => hours * HOUR),
      },
      { requiredKeys: [] },
    );
    let turn = 0;
    const property = fc.property(fc.array(look, { maxLength: 8 }), limits, (looks, given) => {
      const store = new LocalStore(join(directory, `${turn++}`), { durable: false });
      // Half an hour off, so that the time that the test takes makes no difference.
      const start = Date.now() + HOUR / 2;
      looks.forEach(({ bytes, sidecar, hoursAgo }, i) => {
        const lastUse = start - hoursAgo * HOUR;
        addEntry(store, `${i}`, { bytes, lastUse, ...(sidecar !== undefined && { sidecar }) });
      });

      const { bytes = 1e9, items = 1e9, age = 1e12 } = given;
      const oldestFirst = looks
        .map(({ bytes, sidecar = 0, hoursAgo }, i) => ({
          name: `${i}`,
          size: bytes + sidecar,
          age: Math.max(0, (hoursAgo - 0.5) * HOUR),
          argsId: keyOf(`${i}`).argsId,
        }))
        .sort((a, b) => b.age - a.age || (a.argsId < b.argsId ? -1 : 1));
      const sum = (of: typeof oldestFirst): number => of.reduce((all, { size }) => all + size, 0);
      const left = [...oldestFirst];
      while (
        left[0] &&
        (left.length > items || sum(left) > bytes || left[0].age > age || age === 0)
      ) {
        left.shift();
      }

      const report = reduce(store, given);
      const keeps = left.map(({ name }) => name).sort();
      assert.equal(
        stored(
          store,
          looks.map((_, i) => `${i}`),
        ).sort(),
        keeps,
      );
      assert.equal(report.kept, { items: left.length, bytes: sum(left) });
      assert.is(report.removed.items, looks.length - left.length);
      assert.is(report.removed.bytes, sum(oldestFirst) - sum(left));
      assert.is([...storedEntries(store.layout)].length, left.length);
    });
    fc.assert(property, { numRuns: 60 });
  }));

test.run();
