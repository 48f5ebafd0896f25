import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LocalStore } from "../../lib/store/local.ts";
import { temporaryName } from "../../lib/store/temporary.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const key = { functionId: "a.ts#f", codeId: "c".repeat(32), argsId: "d".repeat(32) };
const isWhole = (bytes: Buffer): boolean => bytes.toString().startsWith("whole");

function publish(store: LocalStore, text: string, replace = false): boolean {
  const draft = store.draft();
  try {
    draft.write("0-0123abcd.npy", [Buffer.from("data of "), Buffer.from(text)]);
    draft.write("entry.json", [Buffer.from(text)]);
    return store.publish(draft, key, () => ({ "code.js": "source" }), { replace, isWhole });
  } finally {
    draft.discard();
  }
}

const manifestOf = (store: LocalStore): string | undefined =>
  store.readManifest(key, true)?.toString();

test("a store touches no disk until an entry is stored", () =>
  withTmp((directory) => {
    const store = new LocalStore(join(directory, "cache"), { durable: false });
    assert.is(store.readManifest(key, true), undefined);
    assert.not(store.remove(key));
    store.clear();
    assert.equal(filesIn(directory), []);
  }));

test("a published entry is read back, and lies where the design says", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    assert.ok(publish(store, "whole 1"));
    assert.is(manifestOf(store), "whole 1");
    const entry = join("ndmemo/v1/a.ts#f", "c".repeat(32), "dd", "d".repeat(30));
    assert.equal(
      filesIn(directory),
      [
        join("ndmemo/.gitignore"),
        join("ndmemo/CACHEDIR.TAG"),
        join(entry, "0-0123abcd.npy"),
        join(entry, "entry.json"),
        join("ndmemo/v1/a.ts#f", "c".repeat(32), "code.js"),
      ].sort(),
    );
    assert.is(readFileSync(store.path(key, "0-0123abcd.npy"), "utf8"), "data of whole 1");
  }));

test("an entry is published and read back with durable as it is without", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: true });
    assert.ok(publish(store, "whole 1"));
    assert.is(manifestOf(store), "whole 1");
  }));

test("of two writers the first wins, unless the second replaces", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    assert.ok(publish(store, "whole 1"));
    assert.not(publish(store, "whole 2"));
    assert.is(manifestOf(store), "whole 1");
    assert.ok(publish(store, "whole 3", true));
    assert.is(manifestOf(store), "whole 3");
    assert.equal(filesIn(join(directory, "ndmemo/tmp")), []);
  }));

test("a file of somebody else's in an entry survives its replacement", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    publish(store, "whole 1");
    writeFileSync(store.path(key, "notes.txt"), "precious");
    assert.ok(publish(store, "whole 2", true));
    assert.is(readFileSync(store.path(key, "notes.txt"), "utf8"), "precious");
    store.clear();
    assert.ok(publish(store, "whole 3"));
    assert.is(readFileSync(store.path(key, "notes.txt"), "utf8"), "precious");
    assert.equal(filesIn(join(directory, "ndmemo/tmp")), []);
  }));

test("a writer that loses after it made room leaves nothing in tmp", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const other = new LocalStore(directory, { durable: false });
    publish(store, "whole 1");
    writeFileSync(store.path(key, "entry.json"), "garbage");
    // The other writer publishes just after this one has moved the damaged entry aside.
    const draft = store.draft();
    draft.write("entry.json", [Buffer.from("whole 2")]);
    const moveTo = draft.moveTo.bind(draft);
    let moves = 0;
    draft.moveTo = (target) => {
      if (++moves === 2) publish(other, "whole 3");
      moveTo(target);
    };
    const won = store.publish(draft, key, () => ({ "code.js": "source" }), {
      replace: false,
      isWhole,
    });
    draft.discard();
    assert.is(won, false);
    assert.is(manifestOf(other), "whole 3");
    assert.equal(filesIn(join(directory, "ndmemo/tmp")), []);
  }));

test("a directory that holds no whole entry gives way", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    publish(store, "whole 1");
    writeFileSync(store.path(key, "entry.json"), "garbage");
    assert.ok(publish(store, "whole 2"));
    rmSync(store.path(key, "entry.json"));
    assert.ok(publish(store, "whole 3"));
    assert.is(manifestOf(store), "whole 3");
  }));

test("clear removes entries and leaves every file that is not ours", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    publish(store, "whole 1");
    const entry = store.path(key, "");
    const foreign = [
      join(directory, "mine.txt"),
      join(directory, "ndmemo", "mine.txt"),
      join(directory, "ndmemo/v1", "mine.txt"),
      join(directory, "ndmemo/v1/a.ts#f", "0123", "mine.txt"),
      join(directory, "0".repeat(32), "mine.txt"),
      join(entry, "mine.npy"),
    ];
    for (const file of foreign) {
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, "precious");
    }
    store.clear();
    assert.is(store.readManifest(key, true), undefined);
    for (const file of foreign) assert.ok(existsSync(file), file);
    assert.not(existsSync(join(entry, "0-0123abcd.npy")));
  }));

test("clear of one function leaves the others", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    publish(store, "whole 1");
    store.clear("a.ts#g");
    assert.is(manifestOf(store), "whole 1");
    store.clear("a.ts#f");
    assert.is(store.readManifest(key, true), undefined);
  }));

test("removing an entry tells whether there was one", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    publish(store, "whole 1");
    assert.ok(store.remove(key));
    assert.not(store.remove(key));
  }));

test("a store whose directory vanishes starts again", () =>
  withTmp((directory) => {
    const store = new LocalStore(join(directory, "cache"), { durable: false });
    publish(store, "whole 1");
    rmSync(join(directory, "cache"), { recursive: true });
    assert.is(store.readManifest(key, true), undefined);
    assert.ok(publish(store, "whole 2"));
    assert.is(manifestOf(store), "whole 2");
    assert.ok(existsSync(join(directory, "cache/ndmemo/CACHEDIR.TAG")));
  }));

test("a store goes on where the directories above its entries are removed and made by others", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    const shard = dirname(dirname(store.path(key, "entry.json")));
    assert.not(store.mayHave(key));
    mkdirSync(shard, { recursive: true });
    assert.ok(publish(store, "whole 1"));
    assert.ok(store.mayHave(key));

    for (const removed of [shard, dirname(shard), directory]) {
      rmSync(removed, { recursive: true });
      assert.not(store.mayHave(key));
      assert.ok(publish(store, "whole 2"));
      assert.ok(store.mayHave(key));
      assert.is(manifestOf(store), "whole 2");
    }
  }));

test("an entry that another one stored in a directory that was missing is seen", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    assert.not(store.mayHave(key));
    assert.ok(publish(new LocalStore(directory, { durable: false }), "whole 1"));
    assert.ok(store.mayHave(key));
    assert.not(publish(store, "whole 2"));
    assert.is(manifestOf(store), "whole 1");
  }));

test("a use of an entry renews its last use when that is older than a minute", () =>
  withTmp((directory) => {
    const store = new LocalStore(directory, { durable: false });
    publish(store, "whole 1");
    const file = store.path(key, "entry.json");
    const hourAgo = new Date(Math.floor(Date.now() / 1000) * 1000 - 3_600_000);
    utimesSync(file, hourAgo, hourAgo);
    store.readManifest(key, true);
    assert.ok(statSync(file).mtimeMs > hourAgo.getTime() + 3_000_000);

    utimesSync(file, hourAgo, hourAgo);
    store.readManifest(key, false);
    assert.is(statSync(file).mtimeMs, hourAgo.getTime());

    const secondsAgo = new Date(Math.floor(Date.now() / 1000) * 1000 - 20_000);
    utimesSync(file, secondsAgo, secondsAgo);
    store.readManifest(key, true);
    assert.is(statSync(file).mtimeMs, secondsAgo.getTime());
  }));

test("what a dead process left in tmp is swept by the next writer, what a live one writes is not", () =>
  withTmp((directory) => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const tmp = join(directory, "ndmemo/tmp");
    const left = join(tmp, temporaryName().replace(`-${process.pid}-`, `-${dead}-`));
    const live = join(tmp, temporaryName());
    const ofOtherHost = join(tmp, "elsewhere-1-0123456789ab");
    for (const path of [left, live, ofOtherHost]) {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, "0-0123abcd.npy"), "half");
    }
    publish(new LocalStore(directory, { durable: false }), "whole 1");
    assert.equal([left, live, ofOtherHost].map(existsSync), [false, true, true]);
  }));

test("a location that is a file is refused at once", () =>
  withTmp((directory) => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    assert.throws(() => new LocalStore(file, { durable: false }), /must be a directory.*file/);
  }));

test.run();
