import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkBytes } from "../../lib/store/bytes.ts";

const KIB = 1024;

test("sizes are numbers of bytes, or strings with a unit of 1024", () => {
  const cases: [given: unknown, bytes: number][] = [
    [0, 0],
    [2000, 2000],
    [1.9, 1],
    [2 ** 60, 2 ** 60],
    ["10", 10],
    ["0", 0],
    ["10b", 10],
    ["10k", 10 * KIB],
    ["10K", 10 * KIB],
    ["53K", 54_272],
    ["1.4M", 1_468_006],
    ["120M", 120 * KIB ** 2],
    ["80G", 80 * KIB ** 3],
    ["1.5G", 1.5 * KIB ** 3],
    [".5G", 0.5 * KIB ** 3],
    ["1GB", KIB ** 3],
    ["1gb", KIB ** 3],
    ["1GiB", KIB ** 3],
    ["1T", KIB ** 4],
    ["2P", 2 * KIB ** 5],
    ["1e3K", 1000 * KIB],
    [" 1 K ", KIB],
    ["+1K", KIB],
  ];
  for (const [given, bytes] of cases) assert.is(checkBytes("limit", given), bytes, `${given}`);
  assert.ok(Object.is(checkBytes("limit", -0), 0));
});

test("what is no size is a RangeError that shows what is accepted", () => {
  const numbers = [-1, -0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const strings = [
    "",
    " ",
    "K",
    "-1K",
    "-1",
    "nanK",
    "infK",
    "fooG",
    "1.4N",
    "1e400",
    "10iB",
    "1 0",
  ];
  for (const given of [...numbers, ...strings, "0x10", "1,5G", "1GG", "1KBs", "1.2.3K", "٣K"]) {
    assert.throws(
      () => checkBytes("bytesLimit", given),
      (error: Error) =>
        error instanceof RangeError &&
        /for bytesLimit, got/.test(error.message) &&
        /"500k", "1\.5G", "1GB" or "1GiB"/.test(error.message),
      `${given}`,
    );
  }
});

test("what is neither number nor string is a TypeError", () => {
  for (const given of [null, undefined, true, 10n, {}, [10]]) {
    assert.throws(
      () => checkBytes("bytesLimit", given),
      (error: Error) => error instanceof TypeError && /bytesLimit/.test(error.message),
    );
  }
});

test.run();
