/**
 * A shared map that becomes a private one while it is in use.
 *
 * @module
 */

import { closeSync, constants, openSync, readFileSync, writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
const PAGE = 65_536;
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

test("only a shared map becomes private, and only once", () => {
  withFile(counting(PAGE), ({ fd }) => {
    const shared = addon.map(fd, 0, PAGE, "shared");
    if (process.platform !== "win32") assert.ok(addon.makePrivate(shared, fd));
    const others = [shared, addon.map(fd, 0, PAGE, "private"), addon.map(fd, 0, PAGE, "guarded")];
    for (const buffer of [...others, new ArrayBuffer(8)]) {
      assert.not(addon.makePrivate(buffer, fd));
    }
    addon.unmap(shared);
    assert.not(addon.makePrivate(shared, fd));
  });
});

if (process.platform !== "win32") {
  for (const offset of [0, 64, 4096 + 128]) {
    test(`a map from byte ${offset} on keeps its bytes; later writes do not reach the file`, () => {
      withFile(counting(20 * PAGE), ({ fd, path }) => {
        const before = bytesOf(path);
        const array = new Uint8Array(addon.map(fd, offset, 19 * PAGE, "shared"));
        array[0] = 200;
        array.fill(201, 5 * PAGE, 6 * PAGE);
        before[offset] = 200;
        before.fill(201, offset + 5 * PAGE, offset + 6 * PAGE);
        sameArray(bytesOf(path), before);

        assert.ok(addon.makePrivate(array.buffer, fd));
        sameArray(array, before.slice(offset, offset + 19 * PAGE));
        array.fill(99);
        assert.is(array.indexOf(201), -1);
        sameArray(bytesOf(path), before);
        assert.ok(addon.unmap(array.buffer));
        assert.is(array.length, 0);
      });
    });
  }

  test("a map that became private counts the pages that are written from then on", () => {
    withFile(counting(8 * PAGE), ({ fd }) => {
      const array = new Uint8Array(addon.map(fd, 0, 8 * PAGE, "shared")).fill(1);
      assert.is(addon.dirtyPages(array.buffer), undefined);
      assert.ok(addon.makePrivate(array.buffer, fd));
      assert.is(addon.dirtyPages(array.buffer), process.platform === "linux" ? 0 : undefined);
      array[3 * PAGE] = 2;
      assert.is(addon.dirtyPages(array.buffer), process.platform === "linux" ? 1 : undefined);
    });
  });

  test("a file that cannot be mapped leaves the map shared, with its bytes", () => {
    withFile(counting(PAGE), ({ fd, path }) => {
      const array = new Uint8Array(addon.map(fd, 0, PAGE, "shared"));
      const writeOnly = openSync(path, constants.O_WRONLY);
      try {
        assert.throws(
          () => addon.makePrivate(array.buffer, writeOnly),
          (error: NodeJS.ErrnoException) => error.code === "EACCES",
        );
      } finally {
        closeSync(writeOnly);
      }
      array[7] = 123;
      assert.is(bytesOf(path)[7], 123);
      writeSync(fd, Buffer.of(77), 0, 1, 8);
      assert.is(array[8], 77);
    });
  });
}

if (process.platform === "linux") {
  test("nothing of the address space is lost, whatever the length", async () => {
    const mapped = (): number =>
      Number(/VmSize:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
    const round = (): void =>
      withFile(2 * PAGE, ({ fd }) => {
        const buffer = addon.map(fd, 128, PAGE + 5, "shared");
        new Uint8Array(buffer).fill(1);
        assert.ok(addon.makePrivate(buffer, fd));
        addon.unmap(buffer);
      });
    round();
    await setTimeout(50);
    const before = mapped();
    for (let i = 0; i < 1000; i++) round();
    await setTimeout(50);
    // The pages are moved to the middle of 2 MiB; the system's own reserves for threads are less.
    assert.ok(mapped() - before < 500 * 2 ** 20, `${mapped() - before} bytes`);
  });
}

test.run();
