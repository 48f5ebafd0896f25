import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync, utimesSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lastUseOf, noteUse, noteUseAgain, writeUses } from "../../lib/store/last-use.ts";
import { reduce } from "../../lib/store/limits/reduce.ts";
import { LocalStore } from "../../lib/store/local.ts";
import { addEntry, keyOf, stored } from "../helpers/entries.ts";
import { withTmp } from "../helpers/tmp.ts";

const names = ["a", "b", "c"];

test("a use that renews no stamp still counts, also in another store on the same directory", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (const name of names) addEntry(store, name);
    const before = statSync(store.path(keyOf("a"), "entry.json")).mtimeMs;
    store.readManifest(keyOf("a"), true);
    assert.is(statSync(store.path(keyOf("a"), "entry.json")).mtimeMs, before);

    reduce(new LocalStore(directory, { durable: false }), { items: 2 });
    assert.equal(stored(store, names), ["a", "c"]);
  }));

test("looking at an entry without using it does not count", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (const name of names) addEntry(store, name);
    store.readManifest(keyOf("a"), false);
    reduce(store, { items: 2 });
    assert.equal(stored(store, names), ["b", "c"]);
  }));

test("a limit on age below a minute sees the uses of this process", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (const name of names) addEntry(store, name, { lastUse: Date.now() - 30_000 });
    store.readManifest(keyOf("b"), true);
    reduce(store, { age: 10_000 });
    assert.equal(stored(store, names), ["b"]);
  }));

test("writing the uses renews the stamps, and never to an earlier time", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const [a, b, c] = names.map((name) => addEntry(store, name, { lastUse: Date.now() - 30_000 }));
    for (const name of names) store.readManifest(keyOf(name), true);
    const later = new Date(Date.now() + 5000);
    utimesSync(b as string, later, later);
    const stamp = statSync(b as string).mtimeMs;
    rmSync(c as string);
    writeUses();
    assert.ok(Math.abs(statSync(a as string).mtimeMs - Date.now()) < 5000);
    assert.is(statSync(b as string).mtimeMs, stamp);
    assert.not(existsSync(c as string));
  }));

test("a use that follows another one within a minute counts without a look at the stamp", () =>
  withTmp((directory) => {
    const stamp = Date.now() - 30_000;
    assert.not(noteUseAgain(directory, "a"));
    noteUse(directory, "a", stamp);
    const before = lastUseOf(directory, "a", stamp);
    assert.ok(noteUseAgain(directory, "a"));
    assert.ok(lastUseOf(directory, "a", stamp) > before);
    writeUses();
    assert.not(noteUseAgain(directory, "a"));
  }));

test("a stamp that is a minute old by now is looked at again", () =>
  withTmp((directory) => {
    noteUse(directory, "a", Date.now() - 59_950);
    while (noteUseAgain(directory, "a")) {
      // A twentieth of a second.
    }
    assert.not(noteUseAgain(directory, "a"));
    writeUses();
  }));

test("of very many uses the oldest are written at once", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const manifest = addEntry(store, "a", { lastUse: Date.now() - 30_000 });
    store.readManifest(keyOf("a"), true);
    const before = statSync(manifest).mtimeMs;
    for (let i = 0; i < 10_000; i++) noteUse(directory, `${i}`, Date.now());
    assert.ok(statSync(manifest).mtimeMs > before + 20_000);
    writeUses();
  }));

test("a process writes its uses when it ends", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (const name of names) addEntry(store, name, { lastUse: Date.now() - 30_000 });
    const local = new URL("../../lib/store/local.ts", import.meta.url);
    const code = `import { LocalStore } from ${JSON.stringify(local.href)};
      new LocalStore(${JSON.stringify(directory)}, { durable: false })
        .readManifest(${JSON.stringify(keyOf("a"))}, true);`;
    const { stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "-e", code],
      { encoding: "utf8", cwd: fileURLToPath(new URL("../..", import.meta.url)) },
    );
    assert.is(stderr, "");
    reduce(store, { items: 1 });
    assert.equal(stored(store, names), ["a"]);
  }));

test("a use stamped in the future is put right by the next use", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const manifest = addEntry(store, "a", { lastUse: Date.now() + 86_400_000 });
    store.readManifest(keyOf("a"), true);
    assert.ok(statSync(manifest).mtimeMs < Date.now() + 5000);
  }));

test.run();
