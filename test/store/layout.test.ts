import { test } from "uvu";
import * as assert from "uvu/assert";
import { directoryName, isEntryFile, isOurDirectory } from "../../lib/store/layout.ts";

test("a plain identity is its own directory name", () => {
  assert.is(directoryName("steps.ts#gram"), "steps.ts#gram");
});

test("separators and other special characters are percent-escaped", () => {
  assert.is(directoryName("lib/a b.ts#f"), "lib%2Fa%20b.ts#f");
  assert.is(directoryName("x#größe"), "x#gr%C3%B6%C3%9Fe");
  assert.is(directoryName("100%#f"), "100%25#f");
});

test("names that differ have directories that differ", () => {
  const long = "x".repeat(200);
  const names = [
    ...["a/b#f", "a%2Fb#f", "a_b#f", "a#/b#f", "A#f2"],
    ...[`${long}#f`, `${long}#g`, `${long}y#f`],
    ...["\ud800#f", "\ud801#f", "\ufffd#f"],
    ...["..#f", ".#f", "con#f", "con", "CON.txt", "f.", "f "],
  ];
  const directories = names.map(directoryName);
  assert.is(new Set(directories.map((name) => name.toLowerCase())).size, names.length);
});

test("no directory name is long, special, or leaves its directory", () => {
  for (const name of [
    "x".repeat(300),
    "é".repeat(99),
    "..",
    ".",
    "../../x",
    "con",
    "aux.js",
    "a ",
  ]) {
    const directory = directoryName(name);
    assert.ok(directory.length <= 100, directory);
    assert.not(/[\\/]|^\.|[. ]$|^(con|aux)(\.|$)/i.test(directory), directory);
  }
});

test("only names of our own making count as ours", () => {
  assert.ok(isOurDirectory("0".repeat(32), 1));
  assert.not(isOurDirectory("notes", 1));
  assert.not(isOurDirectory("0".repeat(32), 3));
  assert.ok(isEntryFile("entry.json"));
  assert.ok(isEntryFile("12-0123abcd.npy"));
  assert.ok(isEntryFile("value-0123abcd.zst"));
  assert.not(isEntryFile("12.npy"));
  assert.not(isEntryFile("notes.npy"));
  assert.not(isEntryFile("entry.json.bak"));
});

test.run();
