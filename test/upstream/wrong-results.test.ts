/**
 * The four ways in which joblib returns the result of another call, and that ndmemo does not.
 *
 * Where a test beside joblib fails, joblib has changed: `docs/coming-from-joblib.md` says what it does.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { requires } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { runWithJoblib } from "./joblib.ts";

const quiet = { verbose: 0 } as const;

test("closures of one factory have results of their own", () =>
  withTmp(async (directory) => {
    const runs: number[] = [];
    const make = (k: number): ((x: number) => number) =>
      new Memory(directory, quiet).cache(function scaled(x: number) {
        runs.push(k);
        return k * x;
      });
    const { result, warnings } = await withWarnings(() => [
      ...[make(2)(10), make(3)(10), make(2)(10), make(3)(10)],
    ]);
    assert.equal(result, [20, 30, 20, 30]);
    assert.equal(runs, [2, 3]);
    assert.equal(warnings, []);
  }));

requires("python3-joblib", test, "closures of one factory share results in joblib", () =>
  withTmp((directory) => {
    const program = `
def make(k):
    @memory.cache
    def scaled(x):
        return k * x
    return scaled
print(make(2)(10), make(3)(10))`;
    assert.equal(runWithJoblib(directory, program), ["20 20"]);
  }),
);

test("two arrows on a line have results of their own", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const { result, warnings } = await withWarnings(() => {
      // biome-ignore format: they are to stand on one line
      const [one, two] = [memory.cache((x: number) => x + 1, { name: "plus" }), memory.cache((x: number) => x + 2, { name: "plus" })];
      return [one?.(10), two?.(10), one?.(10), two?.(10)];
    });
    assert.equal(result, [11, 12, 11, 12]);
    assert.equal(warnings, []);
  }));

requires("python3-joblib", test, "two lambdas on a line share results in joblib", () =>
  withTmp((directory) => {
    const program = `
one, two = memory.cache(lambda x: x + 1), memory.cache(lambda x: x + 2)
print(one(10), two(10))`;
    assert.equal(runWithJoblib(directory, program), ["11 11"]);
  }),
);

/** One session: a function that multiplies by `k`, cached in two stores, called in either order. */
function session(directory: string, k: number, order: "ab" | "ba"): number[] {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), '{ "name": "pipeline", "type": "module" }');
  const file = join(directory, "steps.js");
  const library = JSON.stringify(bundledUrl("index"));
  writeFileSync(
    file,
    `import { Memory } from ${library};
    function f(x) { return ${k} * x; }
    const [first, second] = [..."${order}"].map((name) =>
      new Memory(new URL(name, import.meta.url), { verbose: 0 }).cache(f));
    console.log(JSON.stringify([first(1), first(2), second(1), second(2)]));`,
  );
  const args = [file];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
}

test("a function that is cached in two stores and then changed has no old result in either", () =>
  withTmp((directory) => {
    assert.equal(session(directory, 1, "ab"), [1, 2, 1, 2]);
    assert.equal(session(directory, 2, "ba"), [2, 4, 2, 4]);
    assert.equal(session(directory, 1, "ab"), [1, 2, 1, 2]);
  }));

requires(
  "python3-joblib",
  test,
  "a function that is cached in two stores and then changed has old ones in joblib",
  () =>
    withTmp((directory) => {
      const program = (k: number, calls: string): string => `
def f(x):
    return ${k} * x
a, b = [Memory(${JSON.stringify(join(directory, "store-"))} + name, verbose=0).cache(f) for name in "ab"]
print(${calls})`;
      const calls = ["a(1), a(2), b(1), b(2)", "b(1), b(2)"] as const;
      assert.equal(runWithJoblib(directory, program(1, calls[0])), ["1 2 1 2"]);
      // The second result is that of the function as it was.
      assert.equal(runWithJoblib(directory, program(2, calls[1])), ["2 2"]);
    }),
);

test("parameters without names at the call, all that JavaScript has, count by their place", () =>
  withTmp((directory) => {
    const f = new Memory(directory, quiet).cache(function f(x = 5, y = 1) {
      return 10 * x + y;
    });
    const calls = (): number[] => [f(1), f(), f(undefined, 2), f(5, 2), f(1, 2)];
    assert.equal(calls(), [11, 51, 52, 52, 12]);
    assert.equal(calls(), [11, 51, 52, 52, 12]);
  }));

requires("python3-joblib", test, "positional-only parameters do not count in joblib", () =>
  withTmp((directory) => {
    const program = `
@memory.cache
def f(x=5, /, y=1):
    return 10 * x + y
print(f(1), f())`;
    assert.equal(runWithJoblib(directory, program), ["11 11"]);
  }),
);

test.run();
