/**
 * Which copy of `apache-arrow` makes the tables that are loaded: the program's own.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as arrow from "apache-arrow";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump, load, Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

const make = () => new arrow.Table({ x: arrow.makeVector(Float64Array.of(1, 2, 3)) });
const root = fileURLToPath(new URL("../..", import.meta.url));
const library = new URL("../../lib/index.ts", import.meta.url).href;

/** What a program prints that is run with tsx. */
function printed(program: string): string {
  const args = ["--import", "tsx", "--input-type=module", "--eval", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return stdout.trim() || stderr;
}

test("a table that is loaded can be written by the copy that the program imports", () =>
  withTmp((directory) => {
    const path = join(directory, "x.arrow");
    dump(make(), path);
    const table = load<arrow.Table>(path);
    assert.is(table.constructor, arrow.Table);
    assert.is(arrow.tableFromIPC(arrow.tableToIPC(table)).numRows, 3);
    const cached = new Memory(directory, { verbose: 0 }).cache(make);
    cached();
    assert.is(arrow.tableFromIPC(arrow.tableToIPC(cached())).numRows, 3);
  }));

test("the copy of the program writes it, imported before or after the load, or required", () =>
  withTmp((directory) => {
    const path = JSON.stringify(join(directory, "x.arrow"));
    dump(make(), join(directory, "x.arrow"));
    const start = `
const { createRequire } = await import("node:module");
const { load, hash } = await import(${JSON.stringify(library)});
const require = createRequire(${JSON.stringify(import.meta.url)});
const rows = ({ tableToIPC, tableFromIPC }, table) => tableFromIPC(tableToIPC(table)).numRows;`;
    const before = `const own = await import("apache-arrow");`;
    const required = `const own = require("apache-arrow");`;
    const early = `const table = load(${path});`;
    const print = "console.log(rows(own, table));";
    for (const steps of [before + early, early + before, required + early]) {
      assert.is(printed(start + steps + print), "3", steps);
    }
    // Its table is met after another copy was chosen, and from then on its copy is used.
    const met = `load(${path}); ${required} hash(own.tableFromArrays({ a: [1] })); ${early}`;
    assert.is(printed(start + met + print), "3");
  }));

test.run();
