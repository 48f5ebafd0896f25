import { chmodSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { needing } from "../helpers/requirement.ts";
import { thrown, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
const isPosix = process.platform !== "win32";

function stateOf(path: string): BigUint64Array {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return BigUint64Array.of(dev, ino, size, mtimeNs, ctimeNs);
}

if (isPosix) {
  test("the beginning of a file is read into memory, with the time of the file", () => {
    withFile(Buffer.from("0123456789"), ({ path }) => {
      utimesSync(path, 1000.5, 1000.5);
      const memory = Buffer.alloc(8, "x");
      const modified = new Float64Array(1);
      assert.is(addon.readBeginning(path, memory.subarray(1, 6), modified), 5);
      assert.is(memory.toString("latin1"), "x01234xx");
      assert.is(modified[0], 1_000_500);
      assert.is(addon.readBeginning(path, Buffer.alloc(64)), 10);
      assert.is(addon.readBeginning(path, Buffer.alloc(0)), 0);
    });
  });

  test("what is missing is told from what cannot be read", () => {
    withFile(Buffer.from("text"), ({ path }) => {
      const memory = Buffer.alloc(8);
      assert.is(addon.readBeginning(`${path}-other`, memory), -1);
      assert.is(addon.readBeginning(join(path, "below"), memory), -1);
      assert.is(addon.readBeginning(dirname(path), memory), -2);
      const long = `${dirname(path)}/${"./".repeat(2100)}file`;
      assert.is(addon.readBeginning(long, memory), -2);
      assert.is(addon.readBeginning(7 as never, memory), -2);
    });
  });

  test("a file holds its own bytes, no more, no fewer and no others", () => {
    for (const length of [0, 1, 4095, 4096]) {
      const bytes = Buffer.alloc(length, "ab");
      withFile(bytes, ({ path }) => {
        assert.is(addon.holdsBytes(path, bytes), true);
        assert.is(addon.holdsBytes(path, Buffer.concat([bytes, Buffer.from("a")])), false);
        assert.is(addon.holdsBytes(`${path}-other`, bytes), false);
        assert.is(addon.holdsBytes(dirname(path), bytes), false);
        if (length === 0) return;
        assert.is(addon.holdsBytes(path, bytes.subarray(1)), false);
        const other = Buffer.from(bytes);
        other[length - 1] = 0;
        assert.is(addon.holdsBytes(path, other), false);
      });
    }
    const long = Buffer.alloc(4097);
    withFile(long, ({ path }) => assert.is(addon.holdsBytes(path, long), false));
  });

  test("a file is in its state until something of it changes", () => {
    withFile(Buffer.from("text"), ({ path }) => {
      utimesSync(path, 1000, 1000);
      const state = stateOf(path);
      assert.is(addon.hasState(path, state), true);
      for (let i = 0; i < state.length; i++) {
        const other = state.slice();
        other[i] = (other[i] as bigint) + 1n;
        assert.is(addon.hasState(path, other), false);
      }
      chmodSync(path, 0o600);
      utimesSync(path, 1001, 1001);
      assert.is(addon.hasState(path, state), false);
      writeFileSync(path, "longer text");
      assert.is(addon.hasState(path, stateOf(path)), true);
      assert.is(addon.hasState(`${path}-other`, state), false);
      assert.is(addon.hasState(path, state.subarray(1)), false);
    });
  });
}

test("looks at files refuse what is no memory", () => {
  for (const look of [addon.readBeginning, addon.holdsBytes, addon.hasState]) {
    assert.instance(
      thrown(() => look("path", "bytes" as never)),
      TypeError,
    );
  }
});

test.run();
