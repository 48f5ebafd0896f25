/**
 * A file that is replaced while it is loaded.
 *
 * @module
 */

import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dump } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { inProcess, inThread, program } from "./program.ts";

// test_concurrency_safe_write, test_concurrency_safe_rename
test("of a file that processes and threads dump to, readers see one value, whole", () =>
  withTmp(async (directory) => {
    const target = join(directory, "value");
    const make = (k: number): object => ({ k, array: new Float64Array(20_000).fill(k) });
    dump(make(-1), target);
    const body = `
      const [target, k, isWriter] = [args[0], Number(args[1]), args[2] === "writer"];
      for (let i = 0; i < 40; i++) {
        if (isWriter) dump({ k, array: new Float64Array(20_000).fill(k) }, target);
        const value = load(target, { mmapMode: i % 2 ? "r" : null });
        if (!value.array.every((each) => each === value.k)) problems.push("torn");
      }`;
    const file = program(directory, body);
    const runs = [inProcess, inProcess, inThread, inThread, inThread, inThread].map((run, i) =>
      run(file, target, String(i), i % 2 ? "reader" : "writer"),
    );
    for (const answer of await Promise.all(runs)) assert.equal(answer, [[], null]);
    assert.equal(filesIn(directory), ["program.mjs", "value"]);
  }));

test.run();
