/**
 * Scratch files that become files of an entry.
 *
 * @module
 */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LocalStore } from "../../lib/store/local.ts";
import { unmap } from "../../lib/store/map/mapping.ts";
import { adoptScratch } from "../../lib/store/scratch.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { BYTES, HEAD, left, scratchIn, until } from "./scratch.ts";

const addonTest = needing("addon", test);
const noSeal = (): void => {};

function draftIn(location: string): string {
  const draft = join(location, "ndmemo/tmp/draft");
  mkdirSync(draft, { recursive: true });
  return join(draft, "0-0123abcd.npy");
}

if (process.platform !== "win32") {
  addonTest(
    "an adopted file is moved, not copied; memory keeps its bytes and no longer is the file",
    () =>
      withTmp((location) => {
        const array = scratchIn(location).fill(5);
        const [name = ""] = left(location);
        const { ino } = statSync(join(location, "ndmemo/tmp", name));
        const target = draftIn(location);
        let sealed = 0;
        assert.ok(adoptScratch(array, HEAD, target, () => sealed++));
        assert.is(sealed, 1);
        assert.is(statSync(target).ino, ino);
        assert.equal(left(location), ["draft/0-0123abcd.npy"]);

        assert.ok(array.every((byte) => byte === 5));
        array.fill(6);
        assert.ok(
          readFileSync(target)
            .subarray(64)
            .every((byte) => byte === 5),
        );
        unmap(array.buffer);
        assert.ok(existsSync(target));
      }),
  );

  addonTest("a draft that is discarded takes the file with it, and not the memory", () =>
    withTmp((location) => {
      const array = scratchIn(location).fill(5);
      const draft = new LocalStore(location, { durable: true }).draft();
      assert.ok(draft.adopt("0-0123abcd.npy", HEAD, array, 1e12));
      draft.discard();
      assert.equal(left(location), []);
      assert.ok(array.every((byte) => byte === 5));
      assert.is(array.fill(6)[BYTES - 1], 6);
    }),
  );

  addonTest("what is adopted has the time it is given", () =>
    withTmp((location) => {
      for (const durable of [false, true]) {
        const draft = new LocalStore(location, { durable }).draft();
        const array = scratchIn(location).fill(5);
        assert.ok(draft.adopt("0-0123abcd.npy", HEAD, array, 1_234_567_000));
        assert.is(statSync(onlyFile(location, ".npy")).mtimeMs, 1_234_567_000);
        draft.discard();
      }
    }),
  );

  addonTest("nothing is adopted twice", () =>
    withTmp((location) => {
      const array = scratchIn(location);
      const target = draftIn(location);
      assert.ok(adoptScratch(array, HEAD, target, noSeal));
      assert.not(adoptScratch(array, HEAD, `${target}2`, noSeal));
      assert.not(existsSync(`${target}2`));
    }),
  );

  addonTest("a part, another head, other memory and a draft elsewhere are not adopted", () =>
    withTmp((location) => {
      const array = scratchIn(location).fill(5);
      const target = draftIn(location);
      const elsewhere = draftIn(join(location, "other"));
      for (const [source, head, path] of [
        [array.subarray(1), HEAD, target],
        [array.subarray(0, BYTES - 1), HEAD, target],
        [array, HEAD.subarray(1), target],
        [array, Buffer.alloc(64, "Head"), target],
        [array.slice(), HEAD, target],
        [array, HEAD, elsewhere],
      ] as const) {
        assert.not(adoptScratch(source, head, path, noSeal));
        assert.not(existsSync(path));
      }
      // It is still what it was.
      array[0] = 9;
      const [name = ""] = left(location);
      assert.is(readFileSync(join(location, "ndmemo/tmp", name))[64], 9);
      assert.ok(adoptScratch(array.buffer, HEAD, target, noSeal));
    }),
  );

  addonTest("a file that was removed or replaced is not adopted, and memory keeps its bytes", () =>
    withTmp((location) => {
      const target = draftIn(location);
      for (const replace of [false, true]) {
        const array = scratchIn(location).fill(5);
        const name = left(location).find((file) => !file.startsWith("draft")) as string;
        const path = join(location, "ndmemo/tmp", name);
        if (replace) {
          copyFileSync(path, `${path}2`);
          writeFileSync(`${path}2`, "other");
          renameSync(`${path}2`, path);
        } else {
          rmSync(path);
        }
        assert.not(adoptScratch(array, HEAD, target, noSeal));
        assert.not(existsSync(target));
        assert.ok(array.every((byte) => byte === 5));
        if (replace) rmSync(path);
      }
    }),
  );

  addonTest("memory whose file cannot be moved is private, and its file goes with it", () =>
    withTmp(async (location) => {
      const array = scratchIn(location).fill(5);
      const target = join(location, "ndmemo/tmp/missing/0-0123abcd.npy");
      assert.not(adoptScratch(array, HEAD, target, noSeal));
      sameArray(array, new Uint8Array(BYTES).fill(5));
      unmap(array.buffer);
      await until(() => left(location).length === 0);
    }),
  );
}

test.run();
