/**
 * The digest of a column in a map is computed once for as long as nobody writes to the map.
 *
 * That it was not computed again cannot be timed in a test: the file is changed behind the map, and
 * looks as it did then, so that only a digest which is remembered is still the old one.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync, utimesSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as arrow from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, load, Memory, type MmapMode } from "../../lib/index.ts";
import { column, vectorOf } from "../helpers/arrow.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const addonTest = needing("addon", test);
const mapperTest = needing("mapper", test);
const ROWS = 20_000;

function table(changed: number = 0.5): arrow.Table {
  const x = Float64Array.from({ length: ROWS }, (_, i) => i + 0.5);
  x[0] = changed;
  const lists = Array.from({ length: ROWS }, (_, i) => (i % 9 === 0 ? null : [i, null]));
  const letters = Array.from({ length: ROWS }, (_, i) => "abc"[i % 3]);
  return new arrow.Table({
    x: vectorOf({ type: new arrow.Float64(), data: x }),
    lists: column(lists, new arrow.List(new arrow.Field("item", new arrow.Int32(), true))),
    letters: column(letters, new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
  });
}

const original = hash(table());

/** The table of an entry, as the second call gives it. */
function open(directory: string, mmapMode: MmapMode | null): arrow.Table {
  const memory = new Memory(directory, { verbose: 0, mmapMode });
  const make = memory.cache(() => table(), { name: "make" });
  make();
  return make();
}

function memoryOf(of: arrow.Table): Float64Array {
  return of.getChild("x")?.data[0]?.values as Float64Array;
}

/** Makes the first number of the column another one in the file, which looks as it did then. */
function falsify(directory: string): void {
  const path = onlyFile(directory, ".arrow");
  const { atime, mtime } = statSync(path);
  const at = readFileSync(path).indexOf(Buffer.from(Float64Array.of(0.5, 1.5).buffer));
  const fd = openSync(path, "r+");
  writeSync(fd, Float64Array.of(-1), 0, 8, at);
  closeSync(fd);
  utimesSync(path, atime, mtime);
}

for (const mode of ["r", "c"] as const) {
  // On Windows nobody knows whether a map was written to.
  if (process.platform === "win32") continue;

  addonTest(`columns of an unwritten map of mode ${mode} are hashed once`, () =>
    withTmp((directory) => {
      const found = open(directory, mode);
      assert.is(hash(found), original);
      falsify(directory);
      assert.is(found.getChild("x")?.get(0), -1);
      assert.is(hash(found), original);
      assert.is(hash({ nested: [found] }), hash({ nested: [table()] }));
      assert.is(hash(found.getChild("x")), hash(table().getChild("x")));
    }),
  );

  addonTest(
    `columns of mode ${mode} that were not hashed before the change are hashed as they are`,
    () =>
      withTmp((directory) => {
        const found = open(directory, mode);
        falsify(directory);
        assert.is(hash(found), hash(table(-1)));
      }),
  );

  addonTest(`what differs from a column of mode ${mode} in anything is hashed by itself`, () =>
    withTmp((directory) => {
      const found = open(directory, mode);
      assert.is(hash(found), original);
      falsify(directory);
      const changed = table(-1);
      assert.is(hash(found.slice(0, ROWS - 1)), hash(changed.slice(0, ROWS - 1)));
      assert.is(hash(found.slice(5)), hash(table().slice(5)));
      const x = vectorOf({ type: new arrow.Int64(), data: asIntegers(memoryOf(found)) });
      assert.is(hash(x), hash(vectorOf({ type: x.type, data: asIntegers(memoryOf(changed)) })));
      const nulls = vectorOf(withNull(memoryOf(found)));
      assert.is(hash(nulls), hash(vectorOf(withNull(memoryOf(changed)))));
      const copy = vectorOf({ type: new arrow.Float64(), data: memoryOf(found).slice() });
      assert.is(hash(copy), hash(changed.getChild("x")));
      const renamed = new arrow.Table({ y: found.getChild("x") as arrow.Vector });
      assert.is(hash(renamed), hash(new arrow.Table({ y: table().getChild("x") as arrow.Vector })));
      assert.is.not(hash(renamed), hash(found.select(["x"])));
    }),
  );

  addonTest(`a write to a table of mode ${mode}, whichever way, is in its digest`, () =>
    withTmp(async (directory) => {
      const writes: Record<string, (of: arrow.Table) => void> = {
        element: (of) => {
          memoryOf(of)[0] = -1;
        },
        "Vector.set": (of) => void of.getChild("x")?.set(0, -1),
        "a Buffer": (of) => {
          const { buffer, byteOffset } = memoryOf(of);
          Buffer.from(buffer, byteOffset).writeDoubleLE(-1, 0);
        },
      };
      await withWarnings(() => {
        for (const [name, write] of Object.entries(writes)) {
          const found = open(directory, mode);
          assert.is(hash(found), original, name);
          write(found);
          assert.is(hash(found), hash(table(-1)), name);
          write(found);
          assert.is(hash(found), hash(table(-1)), name);
        }
        for (const [name, child] of [
          ["lists", (of: arrow.Table) => of.getChild("lists")?.data[0]?.children[0]?.values],
          [
            "letters",
            (of: arrow.Table) => of.getChild("letters")?.data[0]?.dictionary?.data[0]?.values,
          ],
        ] as const) {
          const found = open(directory, mode);
          assert.is(hash(found), original, name);
          const values = child(found) as Uint8Array;
          values[0] = 100;
          assert.is.not(hash(found), original, name);
          const path = join(directory, "copy.arrow");
          assert.is(hash(found.getChild(name)), hash(copyOf(found.getChild(name), path)), name);
        }
      });
      assert.is(hash(open(directory, null)), original);
    }),
  );
}

mapperTest("a table whose file another process changed is hashed as it is", () =>
  withTmp((directory) => {
    const before = open(directory, "r");
    assert.is(hash(before), original);
    const lib = bundledUrl("index");
    const script = `
      import { load } from ${JSON.stringify(lib)};
      load(process.argv[1], { mmapMode: "r+" }).getChild("x").set(0, -1);`;
    const args = ["--input-type=module", "-e", script];
    const { status, stderr } = spawnSync(
      process.execPath,
      [...args, onlyFile(directory, ".arrow")],
      { encoding: "utf8" },
    );
    assert.is(status, 0, stderr);
    for (const found of [before, open(directory, "r"), open(directory, "c")]) {
      assert.is(found.getChild("x")?.get(0), -1);
      assert.is(hash(found), hash(table(-1)));
    }
  }),
);

mapperTest("a table of mode r+, and a file of anyone's, are hashed each time", () =>
  withTmp((directory) => {
    const shared = open(directory, "r+");
    const path = onlyFile(directory, ".arrow");
    const all = [shared, open(directory, "r"), load<arrow.Table>(path, { mmapMode: "r" })];
    for (const each of all) assert.is(hash(each), original);
    memoryOf(shared)[0] = -1;
    for (const each of all) assert.is(hash(each), hash(table(-1)));
  }),
);

function asIntegers({ buffer, byteOffset, length }: Float64Array): BigInt64Array {
  return new BigInt64Array(buffer, byteOffset, length);
}

function withNull(data: Float64Array): Record<string, unknown> {
  const nullBitmap = new Uint8Array(Math.ceil(ROWS / 8)).fill(255);
  nullBitmap[0] = 0b11111101;
  return { type: new arrow.Float64(), data, nullCount: 1, nullBitmap };
}

/** The same column in memory of its own. */
function copyOf(vector: arrow.Vector | null, path: string): arrow.Vector {
  dump(new arrow.Table({ x: vector as arrow.Vector }), path);
  return load<arrow.Table>(path).getChild("x") as arrow.Vector;
}

test.run();
