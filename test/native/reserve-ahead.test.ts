/**
 * Space that is reserved for what is about to be written.
 *
 * @module
 */

import { fstatSync, readFileSync, statfsSync, writeSync } from "node:fs";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, thrown, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
const EXT4 = 0xef53;

test("the space is there on ext4; the length, the bytes and the position stay", () => {
  const bytes = counting(5000);
  withFile(bytes, ({ fd, path }) => {
    writeSync(fd, bytes, 0, 100);
    addon.reserveAhead(fd, 2 ** 22);
    const { size, blocks } = fstatSync(fd);
    assert.is(size, 5000);
    if (statfsSync(path).type === EXT4) assert.ok(blocks * 512 >= 2 ** 22);
    writeSync(fd, bytes, 100, 4900);
    sameArray(new Uint8Array(readFileSync(path)), bytes);
  });
});

test("what cannot be reserved is no error", () => {
  withFile(0, ({ fd }) => {
    for (const length of [0, Number.MAX_SAFE_INTEGER]) addon.reserveAhead(fd, length);
    assert.is(fstatSync(fd).size, 0);
  });
  addon.reserveAhead(2 ** 31 - 1, 10);
});

test("wrong arguments are a TypeError or a RangeError", () => {
  const reserveAhead = addon.reserveAhead as (...args: unknown[]) => unknown;
  withFile(10, ({ fd }) => {
    assert.instance(
      thrown(() => reserveAhead()),
      TypeError,
    );
    assert.instance(
      thrown(() => reserveAhead(fd, -1)),
      RangeError,
    );
  });
});

test.run();
