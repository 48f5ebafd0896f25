/**
 * The command that removes single entries, without a terminal.
 *
 * @module
 */

import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type EntryInfo, Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";
import { ndmemo } from "./run.ts";

const EVIL = "evil\x1b]0;title\x07";

/** Six entries: of one function for 0 to 3, and of two functions for equal arguments. */
function fill(directory: string): Memory {
  const memory = new Memory(directory, { verbose: 0 });
  const ramp = memory.cache((n: number) => new Float64Array(n + 100).fill(n), { name: "ramp" });
  for (let n = 0; n < 4; n++) ramp(n);
  for (const name of ["twin", EVIL]) memory.cache((text: string) => text, { name })("a");
  return memory;
}

function named(memory: Memory, name: string): EntryInfo[] {
  return [...memory.entries()].filter(({ functionId }) => functionId.endsWith(`#${name}`));
}

function keysLeft(memory: Memory): string[] {
  return [...memory.entries()].map(({ codeId, argsId }) => `${codeId}/${argsId}`).sort();
}

test("forget removes the entry that a key begins, and says how large it was", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    const [first, second, third] = named(memory, "ramp") as [EntryInfo, EntryInfo, EntryInfo];
    const begin = ({ argsId }: EntryInfo): string => argsId.slice(0, 12).toUpperCase();
    const { stdout, stderr, status } = ndmemo(["forget", directory, begin(first), "--yes"]);
    assert.equal([status, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^${first.argsId.slice(0, 8)} .*#ramp +[0-3] +\\d.*B$`, "m"));
    assert.match(stdout, /\nremoved {2}1 entry, \d.*B, in .+\n$/);
    assert.not(existsSync(first.path));
    assert.is(memory.stats().items, 5);

    const bytes = second.bytes + third.bytes;
    const keys = [`${second.codeId.slice(0, 4)}/${second.argsId}`, begin(third), begin(third)];
    const json = JSON.parse(ndmemo(["forget", ".", ...keys, "-y", "--json"], directory).stdout);
    assert.equal([json.location, json.removed], [directory, { items: 2, bytes }]);
    const removed = json.entries.map(({ argsId }: EntryInfo) => argsId);
    assert.equal(removed, [second.argsId, third.argsId]);
    assert.is(memory.stats().items, 3);
    assert.match(ndmemo(["verify", directory]).stdout, /3 entries, .* nothing damaged/);
  }));

test("forget removes nothing where it is not told to, or a key is of none or of several", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    const before = keysLeft(memory);
    const [one, other] = named(memory, "ramp") as [EntryInfo, EntryInfo];
    const [twin] = named(memory, "twin") as [EntryInfo];
    const absent = one.argsId.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    for (const [args, expected, said] of [
      [[one.argsId], 2, /forget asks .*: give --yes/],
      [[one.argsId, absent, "-y"], 1, /no entry .* ndmemo ls --all .*ndmemo verify --repair/],
      [[one.argsId, "-y", "-f", "twin"], 1, /There is no entry .* of .*#twin in /],
      [[one.argsId, "-y", "-f", "none"], 2, /no entry of a function none/],
      [[other.argsId, twin.argsId, "-y"], 2, /Several entries are .*--function\n/],
      [["ramp", "-y"], 2, /ramp is no beginning of a key.*ndmemo clear/],
      [["", "-y"], 2, /is no beginning of a key/],
      [[`/${one.argsId}`, "-y"], 2, /is no beginning of a key/],
      [["-y"], 2, /missing required argument 'KEY'/],
    ] as const) {
      const { status, stdout, stderr } = ndmemo(["forget", directory, ...args]);
      assert.equal([status, stdout], [expected, ""], args.join(" "));
      assert.match(stderr, said);
      assert.equal(keysLeft(memory), before);
    }
  }));

test("forget lists the entries of a key, and takes the one of the function that is named", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    const [{ argsId, codeId }] = named(memory, "twin") as [EntryInfo];
    const { stderr } = ndmemo(["forget", directory, argsId, "-y"]);
    assert.ok(stderr.includes(`\n  ${codeId.slice(0, 8)}/${argsId}  `));
    assert.match(stderr, /#evil\\x1b\]0;title\\x07\n/);
    const { status, stdout } = ndmemo(["forget", directory, argsId, "-y", "--function", EVIL]);
    assert.is(status, 0);
    assert.match(stdout, /#evil\\x1b\]0;title\\x07 +'a' /);
    assert.equal([named(memory, EVIL).length, named(memory, "twin").length], [0, 1]);
  }));

test("forget leaves files that ndmemo did not write", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    const [{ path, argsId }] = named(memory, "ramp") as [EntryInfo];
    const note = join(path, "notes.txt");
    writeFileSync(note, "mine");
    assert.is(ndmemo(["forget", directory, argsId, "-y"]).status, 0);
    assert.is(readFileSync(note, "utf8"), "mine");
    assert.not(existsSync(join(path, "entry.json")));
    assert.is(memory.stats().items, 5);
  }));

test("forget removes no entry whose manifest was copied to the place of another function", () =>
  withTmp((directory) => {
    const memory = fill(directory);
    const [{ path, argsId }] = named(memory, "ramp") as [EntryInfo];
    const copied = path.replace("ramp", "copy");
    cpSync(path, copied, { recursive: true });
    assert.is(ndmemo(["forget", directory, argsId, "-y"]).status, 0);
    assert.equal([existsSync(path), existsSync(copied)], [false, true]);
    assert.is(ndmemo(["forget", directory, argsId, "-y"]).status, 1);
    assert.ok(existsSync(join(copied, "entry.json")));
  }));

test.run();
