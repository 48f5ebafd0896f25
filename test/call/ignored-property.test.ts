/**
 * What is said where `ignore` names a property without the variable that has it.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { counted } from "./calls.ts";

test("the name of a property that the function reads is answered with the variable that has it", () => {
  for (const [text, item, meant] of [
    ["(x, options) => options.verbose", "verbose", '"options.verbose"'],
    ["(x, options) => [options?.verbose, String(options)]", "verbose", '"options.verbose"'],
    [
      "(x, options) => { const { verbose: v } = options; return v }",
      "verbose",
      '"options.verbose"',
    ],
    ["(x, options = { verbose: false }) => x", "verbose", '"options.verbose"'],
    ["function f(o) { return [o.verbose, arguments] }", "verbose", '"o.verbose"'],
    ["(x, options) => options.log.level", "log.level", '"options.log.level"'],
    ["(a, b) => a.verbose || b.verbose", "verbose", '"a.verbose" or "b.verbose"'],
  ] as const) {
    const message = `f has no parameter "${item}" to ignore: its parameters are `;
    assert.throws(
      () => counted(text, item),
      (error: unknown) =>
        error instanceof TypeError &&
        error.message.startsWith(message) &&
        error.message.endsWith(`; did you mean ${meant}?`),
      text,
    );
    counted(text, ...meant.replaceAll('"', "").split(" or "));
  }
  for (const [text, item] of [
    ["(x, options) => options.debug", "verbose"],
    ["(x, options) => x.options[verbose]", "verbose"],
    ["(x, ...xs) => xs.length", "length"],
    ["(data) => data.data", "data."],
  ] as const) {
    assert.throws(
      () => counted(text, item),
      (error: unknown) => error instanceof TypeError && !error.message.includes("did you mean"),
      text,
    );
  }
});

test.run();
