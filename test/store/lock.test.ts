import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { Layout } from "../../lib/store/layout.ts";
import {
  ANOTHER_STORE,
  type Lock,
  type LockRecord,
  lockId,
  lockRecord,
  type Taken,
} from "../../lib/store/lock/lock.ts";
import { LockFile, lockFile } from "../../lib/store/lock/lock-file.ts";
import { LocalLocks } from "../../lib/store/lock/lock-local.ts";
import { keyOf } from "../helpers/entries.ts";
import { needing } from "../helpers/requirement.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
const record = (waits: string[] = []): LockRecord => ({ ...lockRecord(false), waits });

anyTest("the id of a lock tells keys apart that differ in one part", () => {
  const hex = fc.string({
    unit: fc.constantFrom(..."0123456789abcdef"),
    minLength: 32,
    maxLength: 32,
  });
  const key = fc.record({ functionId: fc.string(), codeId: hex, argsId: hex });
  void fc.assert(
    fc.property(key, key, (a, b) => {
      const mixed = { ...a, functionId: b.functionId };
      const isSame = a.functionId === b.functionId;
      assert.match(lockId(a), /^[0-9a-f]{16}$/);
      assert.is(lockId(a) === lockId(mixed), isSame);
      assert.is(lockId({ ...a, argsId: b.argsId }) === lockId(a), a.argsId === b.argsId);
    }),
  );
});

test("another opening of the file sees who has a lock, and gets it when it was given up", () =>
  withTmp((directory) => {
    const layout = new Layout(directory);
    const locks = new LocalLocks(layout);
    const other = new LockFile(layout, addon);
    const key = keyOf("a");
    const id = lockId(key);
    const lock = locks.tryLock(key, id, record()) as Lock;
    assert.ok("release" in lock);
    assert.is(other.tryLock(id), false);
    assert.is(other.tryLock(lockId(keyOf("b"))), true);
    assert.is(other.read(id)?.pid, process.pid);
    lock.tell(record(["0123456789abcdef"]));
    assert.equal(other.read(id)?.waits, ["0123456789abcdef"]);
    lock.release();
    assert.is(other.tryLock(id), true);
    other.write(id, { ...record(), host: "elsewhere", pid: 7, since: 5 });
    const { owner } = locks.tryLock(key, id, record()) as Taken;
    assert.equal([owner?.host, owner?.pid, owner?.since], ["elsewhere", 7, 5]);
    other.retire();
    other.unlock(id);
    other.unlock(lockId(keyOf("b")));
  }));

test("more waits than a record holds are told as one that cannot be followed", () =>
  withTmp((directory) => {
    const locks = new LocalLocks(new Layout(directory));
    const key = keyOf("a");
    const id = lockId(key);
    const lock = locks.tryLock(key, id, record()) as Lock;
    for (const [count, told] of [
      [12, 12],
      [13, [ANOTHER_STORE]],
    ] as const) {
      const waits = Array.from({ length: count }, (_, i) => `${i}`.padStart(16, "0"));
      lock.tell({ ...record(waits), host: "h".repeat(64), pid: 2 ** 31 });
      assert.equal(locks.read(id)?.waits, told === count ? waits : told);
    }
    lock.release();
  }));

test("a record fills its place, whatever was written before it", () =>
  withTmp((directory) => {
    const layout = new Layout(directory);
    const file = new LockFile(layout, addon);
    const [long, short] = ["00000000000000ab", "00000000000000aa"];
    file.write(long, { ...record(["0123456789abcdef"]), host: "ü".repeat(64) });
    file.write(short, { ...record(), host: "a" });
    const bytes = readFileSync(layout.locks);
    for (const id of [long, short]) {
      const at = 512 * Number.parseInt(id.slice(-3), 16);
      const text = bytes.toString("utf8", at, at + 512);
      assert.match(text, /^\{"id":"[^}]*\} +\n$/);
      assert.is(JSON.parse(text).id, id);
    }
    file.retire();
  }));

test("a record that is torn, another's, or of the wrong shape counts as none", () =>
  withTmp((directory) => {
    const file = new LockFile(new Layout(directory), addon);
    const id = "00000000000000aa";
    assert.is(file.read(id), undefined);
    file.write(id, record());
    assert.is(file.read(id)?.pid, process.pid);
    // The same place in the file, of another key.
    assert.is(file.read("10000000000000aa"), undefined);
    for (const wrong of [
      { pid: "1" },
      { waits: [1] },
      { host: "h".repeat(600) },
      { since: null },
    ]) {
      file.write(id, { ...record(), ...wrong } as unknown as LockRecord);
      assert.is(file.read(id), undefined, JSON.stringify(wrong));
    }
    file.retire();
  }));

test("a thousand locks leave one small file, and few files stay open", () =>
  withTmp((directory) => {
    for (let i = 0; i < 40; i++) {
      const layout = new Layout(join(directory, `${i}`));
      const locks = new LocalLocks(layout);
      for (let k = 0; k < 25; k++) {
        const key = keyOf(`${k}`);
        const lock = locks.tryLock(key, lockId(key), record()) as Lock;
        lock.release();
      }
      const left = filesIn(join(layout.root, "locks"));
      assert.equal(left, ["calls-1"]);
    }
    // The first ones were closed to open the last ones, so they are opened again.
    const [first, last] = ["0", "39"].map((name) => new Layout(join(directory, name)));
    assert.is(lockFile(last as Layout, addon), lockFile(last as Layout, addon));
    const id = lockId(keyOf("x"));
    const opened = lockFile(first as Layout, addon);
    assert.ok(opened.tryLock(id));
    opened.unlock(id);
  }));

test("a place that cannot be locked has no locks, and says why", () =>
  withTmp((directory) => {
    writeFileSync(join(directory, "file"), "");
    const locks = new LocalLocks(new Layout(join(directory, "file/cache")));
    const key = keyOf("a");
    assert.is(locks.tryLock(key, lockId(key), record()), undefined);
    assert.instance(locks.failure, Error);
    assert.is(locks.read(lockId(key)), undefined);
  }));

test("locks of a directory that was removed meanwhile are those of the new one", () =>
  withTmp(async (directory) => {
    const layout = new Layout(directory);
    const locks = new LocalLocks(layout);
    const key = keyOf("a");
    (locks.tryLock(key, lockId(key), record()) as Lock).release();
    rmSync(layout.root, { recursive: true });
    // It is not looked more often than once a second.
    await new Promise((resolve) => setTimeout(resolve, 1010));
    const lock = locks.tryLock(key, lockId(key), record()) as Lock;
    const other = new LockFile(layout, addon);
    assert.is(other.tryLock(lockId(key)), false);
    lock.release();
    assert.is(other.tryLock(lockId(key)), true);
    other.unlock(lockId(key));
    other.retire();
  }));

if (process.platform === "linux") {
  test("a lock file that was removed is closed when its last lock is given up", () =>
    withTmp(async (directory) => {
      const open = (): string[] =>
        readdirSync("/proc/self/fd").filter((fd) => {
          try {
            return readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory);
          } catch {
            // That of the listing itself.
            return false;
          }
        });
      const locks = new LocalLocks(new Layout(directory));
      const [a, b] = [keyOf("a"), keyOf("b")];
      const first = locks.tryLock(a, lockId(a), record()) as Lock;
      rmSync(join(directory, "ndmemo"), { recursive: true });
      await new Promise((resolve) => setTimeout(resolve, 1010));
      const second = locks.tryLock(b, lockId(b), record()) as Lock;
      assert.is(open().length, 2);
      first.release();
      assert.is(open().length, 1);
      second.release();
      assert.is(open().length, 1);
    }));
}

anyTest.run();
