/**
 * `memory.verify`: everything that is damaged is found, and nothing else is touched.
 *
 * @module
 */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, type Verification } from "../../lib/index.ts";
import { DirectoryStore } from "../helpers/directory-store.ts";
import { asOrdinaryUser, hasPermissions } from "../helpers/ordinary-user.ts";
import { requires } from "../helpers/requirement.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

/** Two arrays, and a clone in a file of its own. */
function parts(seed: number): { a: Float64Array; b: Float64Array; text: string[] } {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state;
  };
  return {
    a: Float64Array.from({ length: 1000 }, next),
    b: Float64Array.from({ length: 1000 }, next),
    text: Array.from({ length: 5000 }, () => next().toString(36)),
  };
}

function number(x: number): number {
  return -x;
}

/** A cache of two entries, one with three sidecars, and the directory of that one. */
function fill(directory: string): { memory: Memory; entry: string } {
  const memory = new Memory(directory, quiet);
  memory.eval(parts, 1);
  memory.eval(number, 1);
  const [entry] = memory.entries({ func: memory.cache(parts) });
  return { memory, entry: entry?.path as string };
}

function found({ damaged }: Verification): string[] {
  return damaged.map(({ file }) => file);
}

test("a whole cache has no damage, and every byte of it is read", () =>
  withTmp((directory) => {
    const { memory } = fill(directory);
    const { checked, damaged, modified, foreign, removed } = memory.verify();
    assert.equal([damaged, modified, foreign], [[], [], []]);
    assert.equal(removed, { items: 0, bytes: 0 });
    assert.is(checked.items, 2);
    assert.is(checked.bytes, memory.stats().bytes);
  }));

test("an empty cache, one that does not exist and none at all have nothing to check", () =>
  withTmp((directory) => {
    const nothing = { items: 0, bytes: 0 };
    assert.equal(new Memory(null).verify().checked, nothing);
    assert.equal(new Memory(join(directory, "none")).verify({ repair: true }).checked, nothing);
    assert.not(existsSync(join(directory, "none")));
    assert.throws(() => new Memory(null).verify({ fix: true } as never), TypeError);
    assert.throws(() => new Memory(null).verify({ repair: 1 } as never), TypeError);
  }));

test("every flipped bit of every file is found", () =>
  withTmp((directory) => {
    const { memory, entry } = fill(directory);
    for (const file of readdirSync(entry)) {
      const path = join(entry, file);
      const whole = readFileSync(path);
      const step = Math.max(1, Math.floor(whole.byteLength / 150));
      for (let at = 0; at < whole.byteLength; at += step) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
        writeFileSync(path, bytes);
        const { damaged } = memory.verify();
        assert.equal(
          damaged.map(({ file }) => file),
          [file],
          `byte ${at} of ${file}`,
        );
        assert.is(damaged[0]?.path, entry);
        assert.match(String(damaged[0]?.functionId), /verify\.test\.ts#parts$/);
      }
      writeFileSync(path, whole);
    }
    assert.equal(memory.verify().damaged, []);
  }));

const damages: Record<string, (path: string) => void> = {
  emptied: (path) => truncateSync(path, 0),
  truncated: (path) => truncateSync(path, readFileSync(path).byteLength - 1),
  lengthened: (path) => writeFileSync(path, "x", { flag: "a" }),
  missing: (path) => rmSync(path),
  "replaced by a directory": (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  "replaced by a link": (path) => {
    renameSync(path, `${path}.away`);
    symlinkSync(`${path}.away`, path);
  },
};

for (const [name, damage] of Object.entries(damages)) {
  test(`a file that is ${name} is found; repaired, the entry is computed again`, () =>
    withTmp(async (directory) => {
      for (const kind of [/^entry\.json$/, /^0-.*\.npy$/, /^1-.*\.npy$/, /^value-.*\.zst$/]) {
        const { memory, entry } = fill(directory);
        const file = readdirSync(entry).find((each) => kind.test(each)) as string;
        damage(join(entry, file));
        assert.equal(found(memory.verify()), [file]);

        const { damaged, removed } = memory.verify({ repair: true });
        assert.equal(
          damaged.map((each) => each.removed),
          [true],
        );
        assert.is(removed.items, 1);
        const cached = memory.cache(parts);
        assert.not(cached.checkCallInCache(1));
        const { warnings } = await withWarnings(() => cached(1));
        assert.equal(warnings, []);
        assert.equal(memory.verify().damaged, []);
        assert.is(memory.stats().items, 2);
        memory.clear({ warn: false });
        rmSync(directory, { recursive: true });
      }
    }));
}

test("two sidecars that were swapped are found", () =>
  withTmp((directory) => {
    const { memory, entry } = fill(directory);
    const [a, b] = readdirSync(entry)
      .filter((file) => file.endsWith(".npy"))
      .map((file) => join(entry, file)) as [string, string];
    renameSync(a, `${a}.x`);
    renameSync(b, a);
    renameSync(`${a}.x`, b);
    assert.is(memory.verify().damaged.length, 2);
    const { damaged, removed } = memory.verify({ repair: true });
    assert.ok(damaged.every((each) => each.removed));
    assert.is(removed.items, 1);
  }));

test("an entry in the place of another is found, also under another function", () =>
  withTmp((directory) => {
    const { memory, entry } = fill(directory);
    const other = entry.replace("parts", "number");
    mkdirSync(join(other, ".."), { recursive: true });
    renameSync(entry, other);
    assert.equal(found(memory.verify()), ["entry.json"]);
    assert.match(String(memory.verify({ repair: true }).damaged[0]?.functionId), /#number$/);
    assert.equal(memory.verify().damaged, []);
  }));

test("files that belong to nothing are found: ours are removed, those of others never", () =>
  withTmp((directory) => {
    const { memory, entry } = fill(directory);
    writeFileSync(join(entry, "7-0123abcd.npy"), "left");
    writeFileSync(join(entry, "notes.txt"), "mine");
    mkdirSync(join(entry, "folder"));
    const { damaged, foreign } = memory.verify();
    assert.equal(
      damaged.map(({ file }) => file),
      ["7-0123abcd.npy"],
    );
    assert.equal(foreign.map(({ file }) => file).sort(), ["folder", "notes.txt"]);

    const repaired = memory.verify({ repair: true });
    assert.equal(repaired.removed, { items: 0, bytes: 4 });
    assert.ok(memory.cache(parts).checkCallInCache(1));
    const again = memory.verify();
    assert.equal([again.damaged.length, again.foreign.length], [0, 2]);

    rmSync(join(entry, "entry.json"));
    assert.equal(found(memory.verify({ repair: true })), ["entry.json"]);
    assert.equal(readdirSync(entry).sort(), ["folder", "notes.txt"]);
  }));

requires(
  "mapper",
  test,
  "an entry that was opened for writing is modified, not damaged, but its sizes count",
  () =>
    withTmp((directory) => {
      const make = (n: number): Float64Array => new Float64Array(n).fill(1);
      const memory = new Memory(directory, { ...quiet, mmapMode: "r+" });
      const cached = memory.cache(make, { name: "make" });
      cached(8)[3] = 5;
      const { damaged, modified } = new Memory(directory, quiet).verify({ repair: true });
      assert.equal([damaged, modified.length], [[], 1]);
      assert.match(String(modified[0]?.functionId), /#make$/);
      assert.is(cached(8)[3], 5);

      const path = filesIn(directory).find((file) => file.endsWith(".npy")) as string;
      writeFileSync(join(directory, path), "x", { flag: "a" });
      assert.equal(found(memory.verify()), [path.split("/").at(-1)]);
    }),
);

test("an adopted array is compared with the checksum that was computed later", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const cached = memory.cache(() => memory.empty("float64", 1000).fill(2), { name: "adopted" });
    cached();
    await memory.flush();
    assert.equal(memory.verify().damaged, []);
    const [entry] = cached.entries();
    for (const file of readdirSync(entry?.path as string)) {
      const path = join(entry?.path as string, file);
      const whole = readFileSync(path);
      const bytes = Buffer.from(whole);
      bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
      writeFileSync(path, bytes);
      assert.equal(found(memory.verify()), [file]);
      writeFileSync(path, whole);
    }
  }));

if (hasPermissions) {
  test("what cannot be read is told and stays", () =>
    withTmp(async (directory) => {
      const { memory, entry } = fill(directory);
      chmodSync(entry, 0);
      const { damaged } = await asOrdinaryUser(directory, () => memory.verify({ repair: true }));
      assert.match(String(damaged[0]?.reason), /EACCES/);
      assert.not(damaged[0]?.removed);
      chmodSync(entry, 0o700);
      assert.equal(memory.verify().damaged, []);
    }));
}

test("another store is verified with promises", () =>
  withTmp(async (directory) => {
    const store = new DirectoryStore(directory);
    const memory = new Memory(store, quiet);
    const cached = memory.cache(parts);
    await cached(1);
    const whole = await memory.verify();
    assert.equal([whole.damaged, whole.checked.items], [[], 1]);
    assert.is(whole.checked.bytes, (await memory.stats()).bytes);

    for (const kind of ["0-", "value-"]) {
      const path = filesIn(directory).find((file) => file.includes(`/${kind}`)) as string;
      const bytes = readFileSync(join(directory, path));
      bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
      writeFileSync(join(directory, path), bytes);
      const { damaged, removed } = await memory.verify({ repair: true });
      assert.equal(
        damaged.map(({ file }) => file),
        [path.split("/").at(-1)],
      );
      assert.is(removed.items, 1);
      assert.not(await cached.checkCallInCache(1));
      await cached(1);
    }
  }));

test.run();
