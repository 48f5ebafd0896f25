/**
 * Tables in entries, in bundles and in files of others: loaded, mapped, damaged.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as arrow from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, isCacheError, load, Memory, type MmapMode, release } from "../../lib/index.ts";
import { kinds, sameTable, vectorOf } from "../helpers/arrow.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { requires } from "../helpers/requirement.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const modes: readonly (MmapMode | null)[] = [null, "r", "c", "r+"];
const flights = fileURLToPath(
  new URL("../../node_modules/vega-datasets/data/flights-200k.arrow", import.meta.url),
);

function everything(): arrow.Table {
  const columns = Object.entries(kinds).map(([name, make]) => [name, make()]);
  return new arrow.Table(Object.fromEntries(columns));
}

function numbers(): arrow.Table {
  const data = Float64Array.from({ length: 1000 }, (_, i) => i);
  return new arrow.Table({ x: vectorOf({ type: new arrow.Float64(), data }) });
}

function memoryOf(table: arrow.Table): ArrayBufferLike {
  const column = table.getChildAt(0) as arrow.Vector<arrow.Float64>;
  return (column.data[0] as arrow.Data<arrow.Float64>).values.buffer;
}

for (const mmapMode of modes) {
  for (const compress of mmapMode === null ? [false, true] : [false]) {
    const how = `mmapMode ${mmapMode}${compress ? ", compressed" : ""}`;

    test(`tables, record batches, vectors and schemas in a value come back with ${how}`, () =>
      withTmp((directory) => {
        const table = everything();
        let runs = 0;
        const make = () => {
          runs++;
          const [batch] = table.batches;
          return {
            table,
            batch,
            vector: table.getChild("struct"),
            inner: [table.schema, table.slice(1, 3)],
          };
        };
        const memory = new Memory(directory, { mmapMode, compress, verify: "full", verbose: 0 });
        const cached = memory.cache(make);
        for (const found of [cached(), cached()]) {
          sameTable(found.table, table);
          assert.is(hash(found), hash(make()));
          assert.instance(found.table, arrow.Table);
          assert.instance(found.batch, arrow.RecordBatch);
          assert.instance(found.vector, arrow.Vector);
          assert.instance(found.inner[0], arrow.Schema);
        }
        assert.is(runs, 3);
        assert.is(filesIn(directory).filter((file) => file.endsWith(".arrow")).length, 5);
      }));
  }
}

test("a table has one key in memory and mapped, in any chunks", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { mmapMode: "r", verbose: 0 });
    const mapped = memory.cache(() => numbers(), { name: "make" })();
    const count = memory.cache((table: arrow.Table) => table.numRows, { name: "count" });
    count(mapped);
    const [start, end] = [numbers().slice(0, 300), numbers().slice(300)];
    assert.ok(count.checkCallInCache(numbers()));
    assert.ok(count.checkCallInCache(start.concat(end)));
    assert.not.ok(count.checkCallInCache(start));
  }));

test("a table that was made without rows is stored, and has one key", () =>
  withTmp((directory) => {
    const path = join(directory, "x.arrow");
    const columns = Object.entries(kinds).map(([name, make]) => [name, make().slice(0, 0)]);
    const empty = new arrow.Table(Object.fromEntries(columns));
    dump(empty, path);
    sameTable(load(path), empty);
    assert.is(hash(load(path)), hash(empty));
  }));

requires("addon", test, "the columns of a mapped table lie in the map, and go with it", () =>
  withTmp((directory) => {
    const path = join(directory, "x.arrow");
    dump(numbers(), path);
    for (const mmapMode of ["r", "c", "r+"] as const) {
      const table = load<arrow.Table>(path, { mmapMode });
      const column = table.getChildAt(0) as arrow.Vector;
      const memory = memoryOf(table);
      assert.is((column.toArray() as Float64Array).buffer, memory);
      column.set(0, 7);
      assert.is(column.get(0), 7);
      assert.is(load<arrow.Table>(path).getChildAt(0)?.get(0), mmapMode === "r+" ? 7 : 0);
      assert.ok(release(table));
      assert.is(memory.byteLength, 0);
    }
  }),
);

test("a mapped table that is written to has another key", () =>
  withTmp((directory) => {
    const path = join(directory, "x.arrow");
    dump(numbers(), path);
    const table = load<arrow.Table>(path, { mmapMode: "c" });
    const before = hash(table);
    table.getChildAt(0)?.set(5, -1);
    assert.is.not(hash(table), before);
  }));

test("a path that ends in .arrow gives a file that apache-arrow reads; any other one a bundle", () =>
  withTmp((directory) => {
    const table = everything();
    for (const compress of [false, 3] as const) {
      const path = join(directory, "x.arrow");
      dump(table, path, { compress });
      sameTable(load(path), table);
      if (compress === false)
        sameTable(arrow.tableFromIPC(new Uint8Array(readFileSync(path))), table);
      const bundle = join(directory, "x.bundle");
      dump({ table, schema: table.schema }, bundle, { compress });
      for (const mmapMode of [null, "r"] as const) {
        const found = load<{ table: arrow.Table; schema: arrow.Schema }>(bundle, { mmapMode });
        sameTable(found.table, table);
        assert.is(hash(found.schema), hash(table.schema));
      }
    }
  }));

test("files and streams that others wrote are read as tables", () =>
  withTmp((directory) => {
    const expected = arrow.tableFromIPC(new Uint8Array(readFileSync(flights)));
    for (const mmapMode of [null, "r"] as const) {
      const table = load<arrow.Table>(flights, { mmapMode });
      assert.is(table.numRows, 200_000);
      assert.is(hash(table), hash(expected));
    }
    const path = join(directory, "stream.arrows");
    writeFileSync(path, arrow.tableToIPC(expected, "stream"));
    assert.is(hash(load(path)), hash(expected));
  }));

test("a file with any byte changed, or cut off anywhere, is read or refused, and nothing else", () =>
  withTmp((directory) => {
    const path = join(directory, "x.arrow");
    dump(everything(), path);
    const bytes = readFileSync(path);
    const attempt = (changed: Buffer): void => {
      writeFileSync(path, changed);
      try {
        load(path);
      } catch (error) {
        const isKnown = isCacheError(error, "ERR_CORRUPT_ENTRY", "ERR_UNSUPPORTED_VALUE");
        if (!isKnown) throw error;
      }
    };
    for (let at = 0; at < bytes.byteLength; at += 13) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((changed.readUInt8(at) + 1 + (at % 255)) % 256, at);
      attempt(changed);
    }
    for (let end = 0; end < bytes.byteLength; end += 97) attempt(bytes.subarray(0, end));
  }));

test("an entry whose table is damaged is computed again", () =>
  withTmp(async (directory) => {
    let runs = 0;
    const make = () => {
      runs++;
      return numbers();
    };
    const cached = new Memory(directory, { verify: "full", verbose: 0 }).cache(make);
    cached();
    const [file = ""] = filesIn(directory).filter((each) => each.endsWith(".arrow"));
    const path = join(directory, file);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(2000) ^ 1, 2000);
    writeFileSync(path, bytes);
    const { result, warnings } = await withWarnings(() => cached());
    assert.is(hash(result), hash(numbers()));
    assert.is(warnings.filter(({ code }) => code === "ERR_CORRUPT_ENTRY").length, 1);
    assert.is(runs, 2);
  }));

test("a file that is compressed with LZ4 says what to do", () =>
  withTmp((directory) => {
    const { compressionRegistry, CompressionType } = arrow;
    // A codec that compresses nothing, behind the magic number of LZ4.
    const magic = [4, 34, 77, 24, 0x40, 0, 0];
    const encode = (bytes: Uint8Array) => Uint8Array.from([...magic, bytes[0] ?? 0]);
    compressionRegistry.set(CompressionType.LZ4_FRAME, { encode });
    const path = join(directory, "x.arrow");
    const zeros = vectorOf({ type: new arrow.Uint8(), data: new Uint8Array(500) });
    const table = new arrow.Table({ x: zeros });
    writeFileSync(path, arrow.tableToIPC(table, "file", CompressionType.LZ4_FRAME));
    assert.throws(
      () => load(path),
      (error: Error) => isCacheError(error, "ERR_UNSUPPORTED_VALUE") && /LZ4/.test(error.message),
    );
  }));

test("apache-arrow is not loaded before a table is read", () =>
  withTmp((directory) => {
    const path = join(directory, "x.arrow");
    dump(numbers(), path);
    const script = `
const { createRequire } = await import("node:module");
const ndmemo = await import(${JSON.stringify(bundledUrl("index"))});
const isLoaded = () =>
  Object.keys(createRequire(${JSON.stringify(import.meta.url)}).cache).some((path) =>
    path.includes("apache-arrow"),
  );
ndmemo.hash([new Float64Array(3)]);
ndmemo.dump({ a: new Uint8Array(9) }, ${JSON.stringify(join(directory, "a"))});
ndmemo.load(${JSON.stringify(join(directory, "a"))});
const before = isLoaded();
ndmemo.load(${JSON.stringify(path)});
console.log(before, isLoaded());`;
    const cwd = fileURLToPath(new URL("../..", import.meta.url));
    const args = ["--input-type=module", "--eval", script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
    assert.is(stdout.trim(), "false true", stderr);
  }));

test("an added property of a table keeps it from being stored, with the reason", () =>
  withTmp(async (directory) => {
    const cached = new Memory(directory, { verbose: 0 }).cache(
      () => Object.assign(numbers(), { unit: "m" }),
      {
        name: "make",
      },
    );
    const { warnings } = await withWarnings(() => cached());
    assert.is(warnings.filter(({ code }) => code === "ERR_UNSUPPORTED_VALUE").length, 1);
    assert.is(filesIn(directory).filter((each) => each.endsWith(".arrow")).length, 0);
  }));

test.run();
