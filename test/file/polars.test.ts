/**
 * Polars reads the Arrow files that we write, and we read what Polars writes.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as arrow from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, load, Memory } from "../../lib/index.ts";
import { column, kinds, plain } from "../helpers/arrow.ts";
import { requires } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";

/** What of Polars is used here. */
interface Polars {
  /** Given a path, this one takes its text for the file. */
  readIPC(file: Buffer): Frame;
  DataFrame(columns: Readonly<Record<string, readonly unknown[]>>): Frame;
}

interface Frame {
  readonly columns: readonly string[];
  readonly height: number;
  getColumn(name: string): { toArray(): unknown[] };
  writeIPC(path: string, options?: { readonly compression: string }): void;
}

const polars = (): Polars =>
  createRequire(new URL("../polars/", import.meta.url))("nodejs-polars").default;

/** The types that both have, and whose values JavaScript has one form for. */
const shared = [
  ...["bool", "int8", "uint16", "int32", "float32", "float64", "utf8", "largeUtf8", "utf8View"],
  ...["list", "largeList", "listOfLists", "dictionary"],
];

requires("nodejs-polars", test, "Polars reads every column as it is, also of slices", () =>
  withTmp((directory) => {
    for (const name of shared) {
      const table = new arrow.Table({ [name]: kinds[name]?.() as arrow.Vector });
      for (const each of [table, table.slice(1, 4)]) {
        const path = join(directory, `${name}.arrow`);
        dump(each, path);
        const found = polars().readIPC(readFileSync(path)).getColumn(name).toArray();
        assert.equal(
          plain(column(found, each.schema.fields[0]?.type as arrow.DataType)),
          plain(each.getChildAt(0)),
          name,
        );
      }
    }
  }),
);

requires("nodejs-polars", test, "Polars reads a cached array", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    memory.cache(() => Float64Array.of(1, 2, 3), { name: "make", format: "arrow" })();
    const frame = polars().readIPC(readFileSync(onlyFile(directory, ".arrow")));
    assert.equal(frame.getColumn("values").toArray(), [1, 2, 3]);
  }),
);

requires("nodejs-polars", test, "Polars reads a cached matrix, rows by columns", () =>
  withTmp((directory) => {
    const Ndarray = createRequire(import.meta.url)("@stdlib/ndarray/ctor");
    const data = Float64Array.of(1, 2, 3, 4, 5, 6);
    const make = (): unknown => new Ndarray("float64", data, [2, 3], [3, 1], 0, "row-major");
    new Memory(directory, { verbose: 0 }).cache(make, { name: "make", format: "arrow" })();
    const frame = polars().readIPC(readFileSync(onlyFile(directory, ".arrow")));
    assert.is(frame.height, 2);
    assert.equal(
      plain(frame.getColumn("values").toArray()),
      plain([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
  }),
);

for (const compression of ["uncompressed", "zstd"]) {
  requires("nodejs-polars", test, `files of Polars are read, ${compression}`, () =>
    withTmp((directory) => {
      const path = join(directory, "x.arrow");
      const texts = Array.from({ length: 500 }, (_, i) => (i % 7 === 0 ? null : `text ${i}`));
      const frame = polars().DataFrame({ x: texts.map((_, i) => i + 0.5), texts });
      frame.writeIPC(path, { compression });
      for (const mmapMode of [null, "r"] as const) {
        const table = load<arrow.Table>(path, { mmapMode });
        assert.equal(plain(table.getChild("texts")), texts);
        assert.is(table.getChild("x")?.get(499), 499.5);
      }
    }),
  );
}

test.run();
