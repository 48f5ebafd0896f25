/**
 * Arrow tables as `show` tells of them.
 *
 * @module
 */

import * as arrow from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cellText } from "../../../lib/cli/array/cell-text.ts";
import { Memory } from "../../../lib/index.ts";
import { kinds } from "../../helpers/arrow.ts";
import { withTmp } from "../../helpers/tmp.ts";
import { ndmemo } from "../run.ts";

const quiet = { verbose: 0 } as const;

test("show prints the columns of a table with their types and first rows", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    memory.eval(function trips() {
      const [delay, to] = [Int16Array.from({ length: 1200 }, (_, i) => i), "b\x1b[2J"];
      const columns = { delay: arrow.makeVector(delay) };
      const table = new arrow.Table(columns);
      return table.assign(
        new arrow.Table({ to: arrow.vectorFromArray(Array(1200).fill(to), new arrow.Utf8()) }),
      );
    });
    const { stdout, status, stderr } = ndmemo(["show", directory, "trips"]);
    assert.is(status, 0, stderr);
    assert.match(stdout, /\nTable {2}arrow {2}1,200 rows x 2 columns {2}\d/);
    assert.match(stdout, /\n {2}delay +Int16 +0, 1, 2, 3, 4, …\n/);
    assert.ok(stdout.includes('Utf8   "b\\u001b[2J", '), stdout);

    const json = JSON.parse(ndmemo(["show", directory, "trips", "--json"]).stdout);
    assert.equal(json.arrays[0].columns[0], {
      ...{ name: "delay", type: "Int16", nullable: false },
      first: ["0", "1", "2", "3", "4"],
    });
  }));

test("show prints vectors and schemas in a value, and arrays in Arrow files as arrays", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    memory.eval(function parts() {
      const column = arrow.vectorFromArray([0.5, null], new arrow.Float64());
      return [column, new arrow.Table({ x: column }).schema];
    });
    const { stdout } = ndmemo(["show", directory, "parts"]);
    assert.match(stdout, /Vector {2}arrow {2}2 rows .*\n.*\n +Float64 +0\.5, null\n/);
    assert.match(stdout, /Schema {2}arrow {2}1 column .*\n +column +type\n +x +Float64\n/);

    memory.cache(() => Int32Array.from({ length: 2000 }, (_, i) => i), {
      ...{ name: "dense", format: "arrow", compress: 3 },
    })();
    const dense = ndmemo(["show", directory, "dense"]).stdout;
    assert.match(dense, /Int32Array {2}int32 {2}\(2000,\)/);
    assert.match(dense, /array\(\[ +0, +1, +2, \.\.\., 1997, 1998, 1999\], dtype=int32\)/);
  }));

test("values of every type are short texts of their own", () => {
  const shown: Record<string, string> = {
    ...{ utf8: '"a"', int64: "1", float64: "1", binary: "[1]", dateDay: "1970-01-01" },
    ...{ list: "[1, 2]", listOfLists: '[["a"], null]', struct: '{"a": 1, "b": "q"}' },
    ...{ dictionary: '"x"', timestampSecond: "1970-01-01" },
    decimal: "1291272085159668613.13",
  };
  for (const [name, make] of Object.entries(kinds)) {
    const column = make();
    const text = cellText(column.get(0), column.type);
    assert.ok(text.length <= 40 && text.length > 0, `${name}: ${text}`);
    if (name in shown) assert.is(text, shown[name], name);
  }
});

test.run();
