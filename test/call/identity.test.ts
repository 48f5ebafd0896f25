/**
 * The same function of one package, in two checkouts and in several processes.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundledUrl } from "../helpers/bundle.ts";
import { withTmp } from "../helpers/tmp.ts";

const program = `
import { Memory } from ${JSON.stringify(bundledUrl("index"))};
const memory = new Memory(process.argv[2], { verbose: 0 });
export const gram = memory.cache(function gram(x, n) {
  console.log("computed");
  return { length: x.length * n, x };
});
console.log(gram.functionId, gram(new Float64Array([1, 2, 3]), 3).length);
`;

/** Writes a file of a package and runs it on a location. */
function run(file: string, source: string, location: string): string[] {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, source);
  const args = [file, location];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.is(status, 0, stderr);
  return stdout.trim().split("\n");
}

test("two checkouts of a package find each other's entries, also through another working directory", () =>
  withTmp((directory) => {
    const location = join(directory, "cache");
    for (const checkout of ["one", "somewhere else/two"]) {
      const root = join(directory, checkout);
      mkdirSync(root, { recursive: true });
      writeFileSync(join(root, "package.json"), '{ "name": "pipeline", "type": "module" }');
      const file = join(root, "src/steps.js");
      const expected = checkout === "one" ? ["computed"] : [];
      assert.equal(run(file, program, location), [...expected, "src/steps.js#gram 9"]);
    }
  }));

test("comments and layout do not make another version, a changed number does", () =>
  withTmp((directory) => {
    writeFileSync(join(directory, "package.json"), '{ "name": "pipeline", "type": "module" }');
    const [file, location] = [join(directory, "steps.js"), join(directory, "cache")];
    assert.is(run(file, program, location).length, 2);
    const moved = program.replace("return {", "// A comment.\n\n  return   {");
    assert.equal(run(file, moved, location), ["steps.js#gram 9"]);
    const changed = program.replace("x.length * n", "x.length * n + 1");
    assert.equal(run(file, changed, location), ["computed", "steps.js#gram 10"]);
    assert.equal(run(file, program, location), ["steps.js#gram 9"]);
  }));

test.run();
