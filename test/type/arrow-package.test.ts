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
import { dump } from "../../lib/index.ts";
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

// In processes of their own: in this one, other tests may have met another copy.
test("a table that is loaded can be written by the copy that the program imports", () =>
  withTmp((directory) => {
    const program = `
const arrow = await import("apache-arrow");
const { dump, load, Memory } = await import(${JSON.stringify(library)});
const make = () => new arrow.Table({ x: arrow.makeVector(Float64Array.of(1, 2, 3)) });
const rows = (table) => arrow.tableFromIPC(arrow.tableToIPC(table)).numRows;
const [directory, path] = ${JSON.stringify([directory, join(directory, "x.arrow")])};
dump(make(), path);
const table = load(path);
const memory = new Memory(directory, { verbose: 0 });
const cached = memory.cache(make, { name: "make", module: "m" });
cached();
console.log(table.constructor === arrow.Table, rows(table), rows(cached()), memory.stats().hits);`;
    assert.is(printed(program), "true 3 3 1");
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
