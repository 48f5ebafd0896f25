import { closeSync, fstatSync, openSync } from "node:fs";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { needing } from "../helpers/requirement.ts";
import { runProgram, thrown, WORKER_PROLOGUE, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;

/** Begins each program and each of its workers: the addon, and `opened()`, the file opened once more. */
const PROLOGUE = `${WORKER_PROLOGUE}
  const addon = native();
  const opened = () => fs.openSync(path, "r+");
`;

/** Runs a program, in which `work(source)` starts a worker like it, and gives what it printed. */
function output(path: string, source: string): string {
  const work = `
    const work = (source) => new Promise((resolve, reject) => {
      const data = { path, native: lib("native.ts"), shared: globalThis.shared };
      new Worker(${JSON.stringify(PROLOGUE)} + source, { eval: true, workerData: data })
        .on("exit", resolve).on("error", reject);
    });`;
  const { stdout, stderr } = runProgram(PROLOGUE + work + source, { args: [path] });
  return stdout + stderr;
}

test("a lock keeps out another opening of the file, until it is given up", () => {
  withFile(10, ({ fd, path }) => {
    const other = openSync(path, "r+");
    assert.is(addon.tryLock(fd), true);
    assert.is(addon.tryLock(other), false);
    addon.unlock(fd);
    assert.is(addon.tryLock(other), true);
    assert.is(addon.tryLock(fd), false);
    closeSync(other);
  });
});

test("a lock is free as soon as its descriptor is closed, and not before", () => {
  withFile(10, ({ fd, path }) => {
    const holder = openSync(path, "r+");
    const unrelated = openSync(path, "r+");
    assert.ok(addon.tryLock(holder));
    // What a lock of POSIX, which belongs to the process, would not survive.
    closeSync(unrelated);
    assert.not(addon.tryLock(fd));
    closeSync(holder);
    assert.ok(addon.tryLock(fd));
  });
});

test("locks of different bytes do not hinder each other, nor is there anything at them", () => {
  withFile(10, ({ fd, path }) => {
    const other = openSync(path, "r+");
    const far = 2 ** 53 - 1;
    assert.ok(addon.tryLock(fd, far));
    assert.not(addon.tryLock(other, far));
    assert.ok(addon.tryLock(other, far - 1));
    assert.ok(addon.tryLock(other, 0));
    assert.not(addon.tryLock(fd, 0));
    assert.is(fstatSync(fd).size, 10);
    // A lock of all of the file is one of each byte, except on Windows.
    if (process.platform !== "win32") assert.not(addon.tryLock(other));
    addon.unlock(fd, far);
    assert.ok(addon.tryLock(other, far));
    closeSync(other);
  });
});

test("a lock keeps out another process", () => {
  withFile(10, ({ fd, path }) => {
    const program = "console.log(addon.tryLock(opened()), addon.waitLock(opened(), 5));";
    assert.ok(addon.tryLock(fd));
    assert.is(output(path, program), "false false\n");
    addon.unlock(fd);
    assert.is(output(path, program), "true false\n");
  });
});

test("the lock of a process that was killed is free", () => {
  withFile(10, ({ fd, path }) => {
    const program = `
      fs.writeSync(1, String(addon.tryLock(opened())));
      process.kill(process.pid, "SIGKILL");
      setInterval(() => {}, 1000);`;
    assert.is(output(path, program), "true");
    assert.ok(addon.tryLock(fd));
  });
});

test("a file can be read and written while somebody else has its lock", () => {
  withFile(10, ({ fd, path }) => {
    assert.ok(addon.tryLock(fd));
    const program = `
      fs.writeSync(opened(), "written", 0);
      console.log(fs.readFileSync(path, "utf8").slice(0, 7));`;
    assert.is(output(path, program), "written\n");
  });
});

test("waitLock takes a lock that is given up while it waits", () => {
  withFile(10, ({ path }) => {
    const printed = output(
      path,
      `globalThis.shared = new Int32Array(new SharedArrayBuffer(4));
       const ended = work(\`
         const fd = opened();
         addon.tryLock(fd);
         Atomics.store(workerData.shared, 0, 1);
         // Not told by anybody when the main thread has begun to wait, which cannot tell.
         Atomics.wait(workerData.shared, 0, 1, 100);
         Atomics.store(workerData.shared, 0, 2);
         addon.unlock(fd);\`);
       while (Atomics.load(shared, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
       const fd = opened();
       const first = addon.tryLock(fd);
       console.log(first, addon.waitLock(fd, 60_000), Atomics.load(shared, 0));
       await ended;`,
    );
    assert.is(printed, "false true 2\n");
  });
});

test("waitLock gives up when the time has passed, and does not ask twice of 0 ms", () => {
  withFile(10, ({ fd, path }) => {
    const other = openSync(path, "r+");
    assert.is(addon.waitLock(other, 0), true);
    assert.is(addon.waitLock(fd, 0), false);
    assert.is(addon.waitLock(fd, 12.5), false);
    closeSync(other);
  });
});

test("of threads that change a file under its lock, none loses a change", () => {
  withFile(8, ({ path }) => {
    const worker = `
      const fd = opened();
      const count = new BigUint64Array(1);
      for (let i = 0; i < 200; i++) {
        while (!addon.waitLock(fd, 1000));
        fs.readSync(fd, count, 0, 8, 0);
        count[0] += 1n;
        fs.writeSync(fd, count, 0, 8, 0);
        addon.unlock(fd);
      }`;
    const printed = output(
      path,
      `await Promise.all([1, 2, 3].map(() => work(${JSON.stringify(worker)})));
       console.log(Number(fs.readFileSync(path).readBigUInt64LE()));`,
    );
    assert.is(printed, "600\n");
  });
});

test("what cannot be locked is an error with the code of the system", () => {
  for (const call of [addon.tryLock, addon.unlock, (fd: number) => addon.waitLock(fd, 1000)]) {
    const error = thrown(() => call(2 ** 31 - 1));
    assert.is(error.code, "EBADF");
    assert.match(error.message, /^EBADF: bad file descriptor, (un)?locking a file/);
  }
});

test("wrong arguments are a TypeError or a RangeError that names the argument", () => {
  withFile(10, ({ fd }) => {
    const { tryLock, unlock, waitLock } = addon as unknown as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const cases: [(() => unknown) | undefined, typeof TypeError | typeof RangeError, string][] = [
      [() => tryLock?.(), TypeError, "fd"],
      [() => tryLock?.(-1), RangeError, "fd"],
      [() => tryLock?.(fd, -1), RangeError, "position"],
      [() => tryLock?.(fd, "1"), TypeError, "position"],
      [() => unlock?.(fd, 0.5), RangeError, "position"],
      [() => unlock?.("1"), TypeError, "fd"],
      [() => waitLock?.(1.5, 1), RangeError, "fd"],
      [() => waitLock?.(fd), TypeError, "timeoutMs"],
      [() => waitLock?.(fd, -1), RangeError, "timeoutMs"],
      [() => waitLock?.(fd, Number.NaN), RangeError, "timeoutMs"],
      [() => waitLock?.(fd, Number.POSITIVE_INFINITY), RangeError, "timeoutMs"],
    ];
    for (const [call, type, name] of cases) {
      const error = thrown(call as () => unknown);
      assert.instance(error, type);
      assert.match(error.message, `for ${name}`);
    }
  });
});

test.run();
