import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeDirectory } from "../../lib/store/make-directory.ts";
import { errorCode } from "../../lib/warning.ts";
import { withTmp } from "../helpers/tmp.ts";

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return "none";
  } catch (error) {
    return errorCode(error);
  }
};

test("a directory is made with those above it, and the first that was made is told", () =>
  withTmp((directory) => {
    const deep = join(directory, "a", "b", "c");
    assert.is(makeDirectory(deep), join(directory, "a"));
    assert.ok(statSync(deep).isDirectory());
    assert.is(makeDirectory(deep), undefined);
    assert.is(makeDirectory(join(deep, "d")), join(deep, "d"));
    mkdirSync(join(directory, "x"));
    assert.is(makeDirectory(join(directory, "x", "y", "z")), join(directory, "x", "y"));
  }));

test("a file in the way is an error", () =>
  withTmp((directory) => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    assert.is(
      codeOf(() => makeDirectory(file)),
      "EEXIST",
    );
    assert.is(
      codeOf(() => makeDirectory(join(file, "below"))),
      "ENOTDIR",
    );
  }));

test("where the system has no place for a directory, that is an error, not an endless loop", () =>
  withTmp((directory) => {
    if (existsSync("/proc/self")) {
      assert.is(
        codeOf(() => makeDirectory("/proc/ndmemo/cache")),
        "ENOENT",
      );
    }
    const gone = join(directory, "gone");
    mkdirSync(gone);
    const before = process.cwd();
    process.chdir(gone);
    try {
      rmSync(gone, { recursive: true });
      assert.is(
        codeOf(() => makeDirectory("cache/below")),
        "ENOENT",
      );
    } finally {
      process.chdir(before);
    }
  }));

test.run();
