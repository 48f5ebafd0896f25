import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { storedEntries } from "../../lib/store/listing.ts";
import { LocalStore } from "../../lib/store/local.ts";
import { addEntry, countEntries, keyOf } from "../helpers/entries.ts";
import { withTmp } from "../helpers/tmp.ts";

test("an entry is listed with its place, its size and its times", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const lastUse = Date.now() - 5000;
    const manifest = addEntry(store, "a", { bytes: 100, sidecar: 1000, lastUse });
    writeFileSync(join(dirname(manifest), "notes.txt"), "not ours, not counted");
    const [entry, ...others] = storedEntries(store.layout);
    assert.equal(others, []);
    assert.is(entry?.directory, dirname(manifest));
    assert.equal(entry?.shard, {
      directory: dirname(dirname(manifest)),
      functionDirectory: "a.ts#f",
      codeDirectory: dirname(dirname(dirname(manifest))),
      codeId: "c".repeat(32),
    });
    assert.is(entry?.argsId, keyOf("a").argsId);
    assert.is(entry?.bytes, 1100);
    assert.equal([...(entry?.files ?? [])].sort(), ["0-0123abcd.npy", "entry.json"]);
    assert.is(entry?.lastUse, statSync(manifest).mtimeMs);
    assert.ok(Math.abs(Number(entry?.lastUse) - lastUse) < 0.01);
  }));

test("a listing of one function leaves out the others", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    addEntry(store, "a", { functionId: "a.ts#f" });
    addEntry(store, "b", { functionId: "a.ts#g" });
    const listed = (functionId: string): string[] =>
      Array.from(storedEntries(store.layout, { functionId }), ({ argsId }) => argsId);
    assert.equal(listed("a.ts#g"), [keyOf("b").argsId]);
    assert.equal(listed("a.ts#h"), []);
    assert.is(countEntries(store), 2);
  }));

test("nothing is listed where nothing is stored", () =>
  withTmp((directory) => {
    const store = new LocalStore(join(directory, "none"), { durable: false });
    assert.is(countEntries(store), 0);
    assert.not(existsSync(join(directory, "none")));
  }));

test("half-removed entries and what is not ours are no entries", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const half = addEntry(store, "half", { sidecar: 10 });
    rmSync(half);
    const shard = dirname(dirname(addEntry(store, "whole")));
    const foreign = [
      join(shard, "notes", "entry.json"),
      join(shard, "x".repeat(30), "entry.json"),
      join(dirname(shard), "zz", "0".repeat(30), "entry.json"),
      join(store.layout.function("a.ts#f"), "short", "00", "0".repeat(30), "entry.json"),
      join(directory, "0".repeat(32), "entry.json"),
    ];
    for (const file of foreign) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "{}");
    }
    mkdirSync(join(shard, "1".repeat(30), "entry.json"), { recursive: true });
    writeFileSync(join(shard, "2".repeat(30)), "a file");
    const elsewhere = join(directory, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "entry.json"), "{}");
    symlinkSync(elsewhere, join(shard, "3".repeat(30)), "junction");

    const leftovers: string[] = [];
    const listed = storedEntries(store.layout, { onLeftover: (path) => leftovers.push(path) });
    assert.equal(
      Array.from(listed, ({ argsId }) => argsId),
      [keyOf("whole").argsId],
    );
    assert.equal(leftovers, [dirname(half)]);
  }));

test("what vanishes during a listing is left out of it", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    for (let i = 0; i < 40; i++) addEntry(store, `${i}`);
    const code = store.layout.code("a.ts#f", "c".repeat(32));
    const listing = storedEntries(store.layout);
    assert.ok(listing.next().value);
    const shards = readdirSync(code).filter((name) => name !== "code.js");
    for (const shard of shards.slice(5)) rmSync(join(code, shard), { recursive: true });
    const rest = [...listing].length;
    assert.is(rest + 1, shards.slice(0, 5).flatMap((name) => readdirSync(join(code, name))).length);

    const again = storedEntries(store.layout);
    assert.ok(again.next().value);
    renameSync(store.layout.entries, join(directory, "away"));
    assert.equal([...again], []);
  }));

test.run();
