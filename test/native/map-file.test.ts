import { execFileSync } from "node:child_process";
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, thrown, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
const HEAD = 128;

/** Maps what follows the head of a file, whatever its state. */
function mapped(path: unknown, head: Uint8Array, byteLength: number): ArrayBuffer | undefined {
  return addon.mapFile(path as string, head, byteLength, new BigUint64Array(5));
}

if (process.platform !== "win32") {
  test("what follows the head of a file is mapped", () => {
    for (const length of [1, 4096, 70_001]) {
      const bytes = counting(HEAD + length);
      withFile(bytes, ({ path }) => {
        const buffer = mapped(path, bytes.subarray(0, HEAD), length);
        assert.instance(buffer, ArrayBuffer);
        sameArray(new Uint8Array(buffer as ArrayBuffer), bytes.subarray(HEAD));
        assert.is(addon.dirtyPages(buffer as ArrayBuffer), 0);
        assert.is(addon.unmap(buffer as ArrayBuffer), true);
      });
    }
  });

  test("the state of the file is the one that a look at it tells", () => {
    const bytes = counting(HEAD + 10);
    withFile(bytes, ({ path }) => {
      const state = new BigUint64Array(5);
      assert.ok(addon.mapFile(path, bytes.subarray(0, HEAD), 10, state));
      const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
      sameArray(state, BigUint64Array.of(dev, ino, size, mtimeNs, ctimeNs));
      assert.is(addon.hasState(path, state), true);
    });
  });

  test("nothing is mapped of a file that begins otherwise, or ends elsewhere", () => {
    const bytes = counting(HEAD + 5000);
    withFile(bytes, ({ path }) => {
      const head = bytes.slice(0, HEAD);
      assert.ok(mapped(path, head, 5000));
      for (const length of [1, 4999, 5001, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
        assert.is(mapped(path, head, length), undefined, `${length}`);
      }
      for (const at of [0, HEAD - 1]) {
        const other = head.slice();
        other[at] = (other[at] as number) ^ 1;
        assert.is(mapped(path, other, 5000), undefined);
      }
      truncateSync(path, HEAD + 4999);
      assert.is(mapped(path, head, 5000), undefined);
      truncateSync(path, HEAD - 1);
      assert.is(mapped(path, head, 5000), undefined);
    });
  });

  test("nothing is mapped of what is no file, and nobody waits for a pipe", () => {
    const bytes = counting(HEAD + 10);
    withFile(bytes, ({ path }) => {
      const head = bytes.subarray(0, HEAD);
      const pipe = join(dirname(path), "pipe");
      execFileSync("mkfifo", [pipe]);
      const long = `${dirname(path)}/${"./".repeat(2100)}file`;
      for (const other of [
        `${path}-other`,
        dirname(path),
        pipe,
        "/dev/zero",
        `${path}\0`,
        long,
        7,
      ]) {
        assert.is(mapped(other, head, 10), undefined, String(other));
      }
    });
  });

  test("nothing is mapped behind no head, or one of more than 4 KiB", () => {
    const bytes = counting(10_000);
    withFile(bytes, ({ path }) => {
      assert.ok(mapped(path, bytes.subarray(0, 4096), 10_000 - 4096));
      assert.is(mapped(path, bytes.subarray(0, 4097), 10_000 - 4097), undefined);
      assert.is(mapped(path, bytes.subarray(0, 0), 10_000), undefined);
    });
  });

  test("a write to such a map stays in it, and shows", () => {
    const bytes = counting(HEAD + 9000);
    withFile(bytes, ({ path }) => {
      const buffer = mapped(path, bytes.subarray(0, HEAD), 9000) as ArrayBuffer;
      new Uint8Array(buffer)[8999] = 255;
      assert.is(addon.dirtyPages(buffer), 1);
      sameArray(new Uint8Array(readFileSync(path)), bytes);
    });
  });
}

test("a file is not mapped for arguments that are no memory or no length", () => {
  withFile(counting(HEAD), ({ path }) => {
    const [head, state] = [new Uint8Array(1), new BigUint64Array(5)];
    const wrong: [unknown, unknown, unknown][] = [
      ["head", 1, state],
      [head, "1", state],
      [head, 0, state],
      [head, 0.5, state],
      [head, -1, state],
      [head, 1, undefined],
    ];
    for (const [first, length, last] of wrong) {
      const error = thrown(() =>
        addon.mapFile(path, first as never, length as never, last as never),
      );
      assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
    }
    writeFileSync(path, "hx");
    assert.is(addon.mapFile(path, Buffer.from("h"), 1, state.subarray(1)), undefined);
  });
});

test.run();
