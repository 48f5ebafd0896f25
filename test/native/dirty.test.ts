/**
 * What is known of the writes to a private map, which has no guard. Writes to guarded ones are the
 * matter of `guard.test.ts`.
 *
 * @module
 */

import { readFileSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, prints, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
/** At least one page on every system. */
const PAGE = 65_536;
const isLinux = process.platform === "linux";

/** What {@link Native.dirtyPages} is to say of a private map. */
function dirty(pages: number): number | undefined {
  return isLinux ? pages : undefined;
}

test("a private map counts the pages that were written, and the file keeps its bytes", () => {
  const bytes = counting(8 * PAGE);
  withFile(bytes, ({ fd, path }) => {
    const view = new Uint8Array(addon.map(fd, 5, 7 * PAGE, "private"));
    assert.is(addon.dirtyPages(view.buffer), dirty(0));
    view[0] = 255;
    view[1] = 254;
    assert.is(addon.dirtyPages(view.buffer), dirty(1));
    view[6 * PAGE] = 253;
    assert.is(addon.dirtyPages(view.buffer), dirty(2));
    sameArray(new Uint8Array(readFileSync(path)), bytes);
  });
});

test("reading a private map leaves it clean, as do a look at it and a system call that reads", () => {
  withFile(counting(600 * PAGE), ({ fd }) => {
    const view = new Uint8Array(addon.map(fd, 0, 600 * PAGE, "private"));
    for (let at = 0; at < view.length; at += 4096) assert.is(view[at], at % 251);
    assert.is(Buffer.compare(view, view.slice()), 0);
    assert.is(addon.dirtyPages(view.buffer), dirty(0));
    assert.is(addon.dirtyPages(view.buffer), dirty(0));
  });
});

test("a system call reads into a private map, which is known of", async () => {
  const bytes = counting(4 * PAGE);
  await withFile(bytes, async ({ fd, path }) => {
    const view = new Uint8Array(addon.map(fd, 0, bytes.length, "private"));
    assert.is(readSync(fd, view, PAGE, 10, 3), 10);
    sameArray(view.slice(PAGE, PAGE + 10), bytes.slice(3, 13));
    assert.is(addon.dirtyPages(view.buffer), dirty(1));

    // On the thread pool, and with the bytes that are there already.
    const other = new Uint8Array(addon.map(fd, 0, bytes.length, "private"));
    const file = await open(path);
    await file.read(other, 0, other.length, 0);
    await file.close();
    sameArray(other, bytes);
    assert.is(addon.dirtyPages(other.buffer) === 0, false);
    sameArray(new Uint8Array(readFileSync(path)), bytes);
  });
});

test("of many pages written here and there, none is missed and none is added", () => {
  withFile(64 * 2 ** 20, ({ fd }) => {
    const view = new Uint8Array(addon.map(fd, 0, 64 * 2 ** 20, "private"));
    // Half of the map is read, and every third page of it written.
    let written = 0;
    for (let at = 0; at < view.length / 2; at += PAGE) {
      assert.is(view[at], 0);
      if (at % (3 * PAGE) !== 0) continue;
      view[at] = 1;
      written++;
    }
    assert.is(addon.dirtyPages(view.buffer), dirty(written));
  });
});

test("a private map at the address of an unmapped one starts clean", () => {
  withFile(PAGE, ({ fd }) => {
    for (let i = 0; i < 100; i++) {
      const view = new Uint8Array(addon.map(fd, 0, PAGE, "private"));
      assert.is(addon.dirtyPages(view.buffer), dirty(0));
      assert.is(view[0], 0);
      view[0] = 1;
      addon.unmap(view.buffer);
    }
  });
});

test("a write to one private map leaves another one of the same file clean", () => {
  withFile(PAGE, ({ fd }) => {
    const [one, two] = [addon.map(fd, 0, PAGE, "private"), addon.map(fd, 0, PAGE, "private")];
    new Uint8Array(one)[0] = 1;
    assert.is(new Uint8Array(two)[0], 0);
    assert.is(addon.dirtyPages(one), dirty(1));
    assert.is(addon.dirtyPages(two), dirty(0));
  });
});

test("a write to a private map is not reported", () => {
  prints(
    "end\n",
    PAGE,
    `const array = view("quiet", "private");
     array[0] = 1;
     await turn();
     console.log("end");`,
  );
});

if (process.platform !== "win32") {
  for (const mode of ["guarded", "private"]) {
    test(`a ${mode} map that has lost a page is not clean`, () => {
      const expected = mode === "guarded" || isLinux ? "true" : "undefined";
      prints(
        `0 ${expected}\nlost bus\n`,
        8 * PAGE,
        `const array = view("lost", ${JSON.stringify(mode)});
         fs.ftruncateSync(fd, 0);
         const first = array[0];
         const dirty = addon.dirtyPages(array.buffer);
         console.log(first, dirty === undefined ? dirty : dirty > 0);`,
      );
    });
  }
}

test.run();
