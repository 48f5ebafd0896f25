import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, thrown, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;

test("a file becomes as long as asked for, keeps its bytes and goes on with zeros", () => {
  const bytes = counting(5000);
  withFile(bytes, ({ fd, path }) => {
    addon.allocate(fd, 100_001);
    const expected = new Uint8Array(100_001);
    expected.set(bytes);
    sameArray(new Uint8Array(readFileSync(path)), expected);
  });
});

test("a file that is longer stays as it is", () => {
  const bytes = counting(5000);
  withFile(bytes, ({ fd, path }) => {
    for (const length of [0, 1, 4999, 5000]) addon.allocate(fd, length);
    sameArray(new Uint8Array(readFileSync(path)), bytes);
  });
});

if (process.platform === "linux") {
  test("the space on the disk is there before anything is written, in holes too", () => {
    // A sparse file of 1 MiB.
    withFile(2 ** 20, ({ fd }) => {
      assert.is(fstatSync(fd).blocks, 0);
      addon.allocate(fd, 3 * 2 ** 20);
      assert.ok(fstatSync(fd).blocks * 512 >= 3 * 2 ** 20);
    });
  });

  test("a file that is open for reading only is EBADF", () => {
    withFile(10, ({ path }) => {
      const fd = openSync(path, "r");
      assert.is(thrown(() => addon.allocate(fd, 100)).code, "EBADF");
      closeSync(fd);
    });
  });
}

test("what cannot be allocated is an error with the code of the system", () => {
  const error = thrown(() => addon.allocate(2 ** 31 - 1, 2 ** 32 + 10));
  assert.is(error.code, "EBADF");
  assert.match(error.message, "reserving 4294967306 bytes");
});

test("wrong arguments are a TypeError or a RangeError that names the argument", () => {
  const allocate = addon.allocate as (...args: unknown[]) => unknown;
  withFile(10, ({ fd }) => {
    const cases: [unknown[], typeof TypeError | typeof RangeError, string][] = [
      [[], TypeError, "fd"],
      [[-1, 1], RangeError, "fd"],
      [[fd], TypeError, "byteLength"],
      [[fd, 1n], TypeError, "byteLength"],
      [[fd, -1], RangeError, "byteLength"],
      [[fd, 1.5], RangeError, "byteLength"],
      [[fd, 2 ** 53], RangeError, "byteLength"],
    ];
    for (const [args, type, name] of cases) {
      const error = thrown(() => allocate(...args));
      assert.instance(error, type);
      assert.match(error.message, `for ${name}`);
    }
  });
});

test.run();
