/**
 * What the command writes and reads as text: sizes, times, names, tables.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Output } from "../../lib/cli/output.ts";
import { safeJson, safeLines, safeText } from "../../lib/cli/safe-text.ts";
import { cutText, tableLines, widthOf } from "../../lib/cli/table.ts";
import { ageText, bytesText, parseAge, parseCount, secondsText } from "../../lib/cli/unit.ts";
import { UsageError } from "../../lib/cli/usage-error.ts";

test("sizes are in units of 1024, with at most four characters of number", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [1024 * 1023.6, "1.0 MiB"],
    [10 * 2 ** 30, "10.0 GiB"],
    [150 * 2 ** 30, "150 GiB"],
    [3 * 2 ** 50, "3.0 PiB"],
  ] as const) {
    assert.is(bytesText(bytes), text);
  }
});

test("times have the unit that fits", () => {
  assert.equal([0, 2e-7, 35e-6, 0.0012, 0.9999, 75, 7200, 2e5].map(secondsText), [
    "0",
    "0.2 µs",
    "35 µs",
    "1.2 ms",
    "1.0 s",
    "1.3 min",
    "2.0 h",
    "2.3 d",
  ]);
  assert.equal([-5, 59.9, 60, 86_400 * 3].map(ageText), ["0 s", "59 s", "1 min", "3 d"]);
});

test("ages and counts are read, and what is neither is refused", () => {
  assert.equal(
    ["7d", "1.5h", "1d12h", " 90 s ", "2w", "5min", "3m", "0s"].map(parseAge),
    [604_800_000, 5_400_000, 129_600_000, 90_000, 1_209_600_000, 300_000, 180_000, 0],
  );
  for (const text of ["", "7", "d", "-1d", "7d!", "1y", "7d 3"]) {
    assert.throws(
      () => parseAge(text),
      (error: unknown) => error instanceof UsageError,
      text,
    );
  }
  assert.is(parseCount("--items", "12"), 12);
  for (const text of ["-1", "1.5", "", "1e3", "99999999999999999999"]) {
    assert.throws(
      () => parseCount("--items", text),
      (error: unknown) => error instanceof UsageError,
    );
  }
});

test("what a terminal would obey is escaped, in text and in JSON", () => {
  const evil = "a\x1b[2J\r\n\t\u0085\u202e\u2028é日\ud800";
  assert.is(safeText(evil), "a\\x1b[2J\\r\\n\\t\\x85\\u202e\\u2028é日\ufffd");
  assert.equal(safeLines("a\tb\r\nc\x07"), ["a  b", "c\\x07"]);
  assert.equal(JSON.parse(safeJson({ evil })), { evil });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left.
  assert.not.match(safeJson({ evil }), /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
});

test("texts are cut by the columns that they take", () => {
  assert.equal([widthOf("abc"), widthOf("日本"), widthOf("e\u0301"), widthOf("😀")], [3, 4, 1, 2]);
  assert.is(cutText("abcdef", 4), "abc…");
  assert.is(cutText("abcdef", 4, "start"), "…def");
  assert.is(cutText("日本語", 4), "日…");
  assert.is(cutText("abc", 3), "abc");
});

test("a table fits: texts are cut, the longest first, and what is optional goes", () => {
  const output = { columns: 40, paint: (_: string, text: string) => text } as unknown as Output;
  const columns = [
    { head: "NAME", cut: "start" },
    { head: "TEXT", cut: "end" },
    { head: "SIZE", align: "right" },
    { head: "OPTIONAL", isOptional: true },
  ] as const;
  const rows = [
    ["short", "x", "1 B", "…"],
    ["a/rather/long/path.ts#name", "some words that are too many", "10.0 MiB", "…"],
  ];
  assert.equal(tableLines(output, columns, rows), [
    "NAME            TEXT                SIZE",
    "short           x                    1 B",
    "…/path.ts#name  some words th…  10.0 MiB",
  ]);
});

test.run();
