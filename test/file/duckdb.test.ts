/**
 * DuckDB reads the Arrow files that we write, and we read what DuckDB writes.
 *
 * It is the one that is compiled to WebAssembly, which has Arrow's format built in. It takes streams:
 * an Arrow file behind its first 8 bytes is one.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as arrow from "apache-arrow";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, hash, load, Memory } from "../../lib/index.ts";
import { anyColumn, bytes, column, kinds, plain, sameTable, vectorOf } from "../helpers/arrow.ts";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";

/** What of a connection is used here. */
interface Connection {
  insertArrowFromIPCStream(stream: Uint8Array, options: { name: string; create: boolean }): void;
  useUnsafe<T>(callback: (bindings: Bindings, connection: number) => T): T;
}

interface Bindings {
  runQuery(connection: number, text: string): Uint8Array;
}

const duckdbTest = needing("@duckdb/duckdb-wasm", test);
const require = createRequire(import.meta.url);
const flights = fileURLToPath(
  new URL("../../node_modules/vega-datasets/data/flights-200k.arrow", import.meta.url),
);
const SIGNATURE_BYTES = 8;
let opened: Promise<Connection> | undefined;

async function open(): Promise<Connection> {
  const duckdb = require("@duckdb/duckdb-wasm/blocking");
  const folder = dirname(require.resolve("@duckdb/duckdb-wasm"));
  const bundle = (name: string): object => ({
    mainModule: join(folder, `duckdb-${name}.wasm`),
    mainWorker: "",
  });
  const database = await duckdb.createDuckDB(
    { mvp: bundle("mvp"), eh: bundle("eh") },
    new duckdb.VoidLogger(),
    duckdb.NODE_RUNTIME,
  );
  await database.instantiate(() => {});
  return database.connect();
}

/** Answers a question about the table `t` of a file: an Arrow stream that DuckDB wrote. */
async function ask(path: string, question: string): Promise<Uint8Array> {
  opened ??= open();
  const connection = await opened;
  const query = (text: string): Uint8Array =>
    // What comes back lies in the memory of DuckDB.
    connection.useUnsafe((bindings, id) => Uint8Array.from(bindings.runQuery(id, text)));
  query("drop table if exists t");
  const stream = readFileSync(path).subarray(SIGNATURE_BYTES);
  connection.insertArrowFromIPCStream(stream, { name: "t", create: true });
  return query(question);
}

/** The first column of the answer, as `apache-arrow` reads it. */
async function answer(path: string, question: string): Promise<unknown> {
  return plain(arrow.tableFromIPC(await ask(path, question)).getChildAt(0));
}

/** Whose types DuckDB has not, or only with other units. */
const unlike = [
  ...["float16", "timeSecond", "timeNanosecond", "duration", "sparseUnion", "denseUnion"],
  ...["intervalYearMonth", "intervalDayTime", "intervalMonthDayNano"],
];

for (const [name, make] of Object.entries(kinds)) {
  if (unlike.includes(name)) continue;
  duckdbTest(`DuckDB reads a column of type ${name} as it is, also of a slice`, () =>
    withTmp(async (directory) => {
      const path = join(directory, "x.arrow");
      const table = new arrow.Table({ x: make() });
      for (const each of [table, table.slice(1, 4), table.slice(3).concat(table.slice(0, 2))]) {
        dump(each, path);
        assert.equal(await answer(path, "from t"), plain(each.getChildAt(0)));
      }
    }),
  );
}

const texts: Readonly<Record<string, readonly (string | null)[]>> = {
  timeSecond: ["00:00:00", null, "00:00:03", "00:00:04", "00:00:05"],
  duration: ["00:00:00", null, "00:00:00.003", "00:00:00.004", "00:00:00.005"],
  intervalYearMonth: ["-3 months", null, "-1 month", "00:00:00", "1 month"],
};

duckdbTest("DuckDB takes times, durations and unions for what they say", () =>
  withTmp(async (directory) => {
    const path = join(directory, "x.arrow");
    const read = (table: arrow.Table): Promise<unknown> => {
      dump(table, path);
      return answer(path, "select x::varchar from t");
    };
    for (const [name, expected] of Object.entries(texts)) {
      const table = new arrow.Table({ x: kinds[name]?.() as arrow.Vector });
      assert.equal(await read(table), expected);
      assert.equal(await read(table.slice(2)), expected.slice(2));
    }
    // The numbers of the types in a union have to be those of its children.
    const fields = [new arrow.Int32(), new arrow.Utf8()].map(
      (type, i) => new arrow.Field(`f${i}`, type, true),
    );
    const children = [
      column([10, 0, 30], new arrow.Int32()).data[0],
      column(["", "a", ""], new arrow.Utf8()).data[0],
    ];
    const type = new arrow.SparseUnion([0, 1], fields);
    const union = vectorOf({ type, length: 3, children, typeIds: bytes(0, 1, 0) });
    assert.equal(await read(new arrow.Table({ x: union })), ["10", "a", "30"]);
    assert.equal(await read(new arrow.Table({ x: union }).slice(1)), ["a", "30"]);
  }),
);

/** DuckDB fails at dictionaries inside most other types, whoever wrote them. */
const readable = anyColumn.filter(({ type }) => !/.Dictionary/.test(String(type)));

duckdbTest("DuckDB reads nested columns of any type, in any number of batches", () =>
  withTmp((directory) =>
    fc.assert(
      fc.asyncProperty(readable, fc.nat(40), fc.nat(40), async ({ type, rows }, at, until) => {
        const x = column(rows, type);
        const whole = new arrow.Table({ x, row: vectorOf(numbers(x.length)) });
        // A table of several batches, the first of which is left out of in front.
        const table = whole.slice(at % (rows.length + 1)).concat(whole.slice(0, until), whole);
        const path = join(directory, "x.arrow");
        dump(table, path);
        assert.equal(await answer(path, "from t"), plain(table.getChild("x")));
        assert.equal(await answer(path, "select row from t"), plain(table.getChild("row")));
      }),
      { numRuns: 60 },
    ),
  ),
);

function numbers(length: number): Record<string, unknown> {
  const data = Int32Array.from({ length }, (_, i) => i);
  return { type: new arrow.Int32(), data };
}

duckdbTest("DuckDB finds the same sums in a table of 200,000 rows, and in a part of it", () =>
  withTmp(async (directory) => {
    const path = join(directory, "x.arrow");
    const memory = new Memory(directory, { verbose: 0, mmapMode: "r" });
    const table = memory.cache(() => load<arrow.Table>(flights), { name: "flights" })();
    for (const each of [table, table.slice(150_001, 199_999)]) {
      dump(each, path);
      for (const { name } of each.schema.fields) {
        let sum = 0;
        for (const value of each.getChild(name) as arrow.Vector) sum += value;
        const question = `select sum("${name}")::double from t`;
        const [found] = (await answer(path, question)) as [string];
        assert.ok(Math.abs(Number(found) - sum) <= 1e-9 * Math.abs(sum), `${name} ${found} ${sum}`);
        assert.equal(await answer(path, "select count(*) from t"), [`${each.numRows}n`]);
      }
    }
  }),
);

duckdbTest("DuckDB reads a cached matrix, rows by columns", () =>
  withTmp(async (directory) => {
    const Ndarray = require("@stdlib/ndarray/ctor");
    const data = Float64Array.of(1, 2, 3, 4, 5, 6.5);
    const memory = new Memory(directory, { verbose: 0 });
    const make = (): unknown => new Ndarray("float64", data, [2, 3], [3, 1], 0, "row-major");
    memory.cache(make, { name: "make", format: "arrow" })();
    const path = onlyFile(directory, ".arrow");
    assert.equal(await answer(path, "from t"), [
      ["1", "2", "3"],
      ["4", "5", "6.5"],
    ]);
    assert.equal(await answer(path, "select list_sum(values)::varchar from t"), ["6.0", "15.5"]);
  }),
);

duckdbTest("what DuckDB writes is loaded, mapped or not, and stored as an entry", () =>
  withTmp(async (directory) => {
    const source = join(directory, "source.arrow");
    dump(new arrow.Table({ x: vectorOf(numbers(5000)) }), source);
    const stream = await ask(
      source,
      `select x, x / 7 as quotient, case when x % 3 = 0 then null else 'text ' || x end as text,
       range(x % 4) as list, {a: x, b: [text, null]} as struct, map {x % 3: text} as map,
       (x % 5)::varchar::enum('0', '1', '2', '3', '4') as letter, x::decimal(12, 3) as decimal,
       date '2001-01-01' + x as day, timestamp '2001-01-01' + to_seconds(x) as time, x = 7 as is,
       text::blob as bytes from t`,
    );
    const expected = arrow.tableFromIPC(stream);
    assert.ok(expected.batches.length > 1);
    assert.is(expected.getChild("text")?.get(4999), "text 4999");
    const path = join(directory, "x.arrows");
    writeFileSync(path, stream);
    for (const mmapMode of [null, "r", "c"] as const) {
      const table = load<arrow.Table>(path, { mmapMode });
      sameTable(table, expected);
      assert.is(hash(table), hash(expected));
      const memory = new Memory(join(directory, String(mmapMode)), { verbose: 0, mmapMode });
      const cached = memory.cache(() => table, { name: "make" });
      cached();
      sameTable(cached(), expected);
    }
  }),
);

test.run();
