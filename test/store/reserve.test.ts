/**
 * Space that is reserved for the files of an entry before they are written.
 *
 * @module
 */

import { statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { Draft } from "../../lib/store/draft.ts";
import { needing } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";

const test = needing("addon", anyTest);
const EXT4 = 0xef53;
const BYTES = 2 ** 22;

test("a file whose length is known has its space on ext4 before its first byte is written", () =>
  withTmp((directory) => {
    if (statfsSync(directory).type !== EXT4) return;
    const path = join(directory, "draft", "0.npy");
    const draft = new Draft(join(directory, "draft"), false);
    const reserved: number[] = [];
    const pieces = function* (): Generator<Uint8Array> {
      const { blocks, size } = statSync(path);
      reserved.push(blocks * 512, size);
      yield new Uint8Array(BYTES);
    };
    draft.write("0.npy", pieces(), undefined, BYTES);
    const [space = 0, size] = reserved;
    assert.ok(space >= BYTES);
    assert.is(size, 0);
    assert.is(statSync(path).size, BYTES);
  }));

test("the sidecar of an entry is written with its length known", () =>
  withTmp((directory) => {
    const lengths: number[] = [];
    const write = Draft.prototype.write;
    Draft.prototype.write = function (name, pieces, modified, byteLength): void {
      if (name.endsWith(".npy")) lengths.push(byteLength ?? 0);
      write.call(this, name, pieces, modified, byteLength);
    };
    try {
      new Memory(directory, { verbose: 0 }).eval(function zeros(length: number) {
        return new Float64Array(length);
      }, 1000);
    } finally {
      Draft.prototype.write = write;
    }
    assert.equal(lengths, [128 + 8000]);
  }));

test.run();
