/**
 * Errors of `dump` about the place that the caller named.
 *
 * @module
 */

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

type SystemError = NodeJS.ErrnoException & { readonly cause: NodeJS.ErrnoException };

function failure(path: string): SystemError {
  try {
    dump(new Float64Array(3), path);
  } catch (error) {
    return error as SystemError;
  }
  throw new Error(`${path} was written`);
}

test("dump into a directory that does not exist says so, and names the path that was given", () =>
  withTmp((directory) => {
    const path = join(directory, "none", "x.npy");
    const { code, message, path: named, cause } = failure(path);
    assert.is(
      message,
      `ENOENT: cannot write ${path}: the directory ${join(directory, "none")} does not exist`,
    );
    assert.equal([code, named, cause.code], ["ENOENT", path, "ENOENT"]);
  }));

test("dump onto a directory, and below a file, names the path that was given", () =>
  withTmp((directory) => {
    mkdirSync(join(directory, "folder"));
    writeFileSync(join(directory, "file"), "");
    const below = join(directory, "file", "x.npy");
    assert.match(failure(below).message, `cannot write ${below}: `);
    assert.is(failure(below).code, "ENOTDIR");
    const onto = join(directory, "folder");
    assert.match(failure(onto).message, `cannot write ${onto}: `);
    assert.ok(["EISDIR", "EPERM"].includes(failure(onto).code ?? ""));
    assert.equal(readdirSync(directory).sort(), ["file", "folder"]);
  }));

test.run();
