/**
 * What joblib's `test_memory.py` asks of functions and arguments, as ndmemo promises it. `map.md` says
 * which of its tests each of these stands for.
 *
 * @module
 */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory, release } from "../../lib/index.ts";
import { mapper } from "../../lib/store/map/mapper.ts";
import { sameArray } from "../helpers/assert.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;
const modes = [null, "r"] as const;

// test_memory_integration
test("a live function runs once more after its directory was removed, and after clear", () =>
  withTmp((directory) => {
    for (const mmapMode of modes) {
      const location = join(directory, `${mmapMode}`);
      const memory = new Memory(location, { ...quiet, mmapMode });
      const runs: number[] = [];
      function f(x: number): { x: number; array: Float64Array } {
        runs.push(x);
        return { x, array: new Float64Array([x, x]) };
      }
      const cached = memory.cache(f);
      const callAll = (): void => {
        for (const x of [0, 1, 0, 1]) {
          assert.is(cached(x).x, x);
          sameArray(cached(x).array, new Float64Array([x, x]));
        }
        assert.is(memory.eval(f, 1).x, 1);
      };
      callAll();
      rmSync(location, { recursive: true });
      callAll();
      memory.clear({ warn: false });
      callAll();
      assert.equal(runs, [0, 1, 0, 1, 0, 1]);
    }
  }));

// test_memory_lambda
test("an arrow function is cached under the name of its variable", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    const square = (x: number): number => {
      runs.push(x);
      return x * x;
    };
    const cached = new Memory(directory, quiet).cache(square);
    assert.equal([cached(3), cached(3), cached(4)], [9, 9, 16]);
    assert.equal(runs, [3, 4]);
    assert.is(cached.name, "square");
  }));

// test_memory_eval, test_memory_warning_collision_detection
test("functions made from text are cached, and told apart", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const made = (text: string): ((x: number) => number) =>
      memory.cache(new Function(`return ${text}`)() as (x: number) => number, { name: "made" });
    const [half, twice] = [made("(x) => x / 2"), made("(x) => x * 2")];
    const { result, warnings } = await withWarnings(() => [half(4), twice(4), half(4), twice(4)]);
    assert.equal(result, [2, 8, 2, 8]);
    assert.equal(warnings, []);
  }));

// test_memory_name_collision, test_memory_warning_lambda_collisions
test("two functions of one name, called in turn, run once each and nobody is warned", () =>
  withTmp(async (directory) => {
    const runs: string[] = [];
    const memory = new Memory(directory, quiet);
    const first = memory.cache(function f(x: number) {
      runs.push("first");
      return x;
    });
    const second = memory.cache(function f(x: number) {
      runs.push("second");
      return -x;
    });
    assert.is(first.functionId, second.functionId);
    const { result, warnings } = await withWarnings(() => [first(1), second(1), first(1)]);
    assert.equal([...result, second(1)], [1, -1, 1, -1]);
    assert.equal(runs, ["first", "second"]);
    assert.equal(warnings, []);
  }));

// test_memory_partial
test("an arrow around a call takes the place of bound arguments, which count", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    const memory = new Memory(directory, quiet);
    function power(base: number, exponent: number): number {
      runs.push(exponent);
      return base ** exponent;
    }
    const powerOf = (exponent: number): ((base: number) => number) =>
      memory.cache((base: number) => power(base, exponent), { name: "powerOf" });
    const [square, cube] = [powerOf(2), powerOf(3)];
    assert.equal([square(3), cube(3), square(3), cube(3)], [9, 27, 9, 27]);
    assert.equal(runs, [2, 3]);
  }));

// test_argument_change
test("an argument that the function changed is another argument at the next call", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(function countAndAppend(list: null[]) {
      const { length } = list;
      list.push(null);
      return length;
    });
    const list: null[] = [];
    assert.equal([cached(list), cached(list), cached([])], [0, 1, 0]);
  }));

// test_memory_numpy
test("an array is another argument exactly when its content is", () =>
  withTmp((directory) => {
    for (const mmapMode of modes) {
      const runs: number[] = [];
      const memory = new Memory(join(directory, `${mmapMode}`), { ...quiet, mmapMode });
      const cached = memory.cache(function same(array: Float64Array) {
        runs.push(array.length);
        return array;
      });
      for (let i = 1; i <= 3; i++) {
        const make = (): Float64Array => Float64Array.from({ length: 100 }, (_, j) => i / (j + 1));
        for (let call = 0; call < 3; call++) sameArray(cached(make()), make());
        assert.is(runs.length, i);
      }
    }
  }));

// test_memory_kwarg, test_memory_args_as_kwargs
test("arguments by name, in an object, are one key in every order", () =>
  withTmp((directory) => {
    const runs: string[] = [];
    const cached = new Memory(directory, quiet).cache(function f(options: {
      a: number;
      b: number;
    }) {
      runs.push("run");
      return options.a - options.b;
    });
    assert.equal(
      [cached({ a: 1, b: 2 }), cached({ b: 2, a: 1 }), cached({ a: 2, b: 1 })],
      [-1, -1, 1],
    );
    assert.is(runs.length, 2);
  }));

// test_partial_decoration
test("options that are given before the function take effect", () =>
  withTmp((directory) => {
    const lines: string[] = [];
    const logger = { info: (text: string) => void lines.push(text), warn() {} };
    const memory = new Memory(directory, { verbose: 0, logger });
    const options = { mmapMode: "r", verbose: 2 } as const;
    const cached = memory.cache(options)(function zeros(n: number) {
      return new Float64Array(n);
    });
    assert.equal(cached.options, options);
    assert.is(release(cached(10)), mapper()?.name === "addon");
    assert.ok(lines.some((line) => line.includes("Calling")));
  }));

// test_memory_file_modification
test("an edited file counts from when it is imported again, if its code changed", () =>
  withTmp(async (directory) => {
    writeFileSync(join(directory, "package.json"), '{ "name": "pipeline", "type": "module" }');
    const file = join(directory, "steps.mjs");
    const library = JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href);
    const runs: string[] = [];
    const write = (before: string, body: string): void =>
      writeFileSync(
        file,
        `import { Memory } from ${library};${before}
        export default (directory, runs) =>
          new Memory(directory, { verbose: 0 }).cache(function f(x) {
            runs.push(x);
            return ${body};
          });`,
      );
    const open = async (version: number): Promise<(x: number) => number> => {
      const { default: make } = await import(`${pathToFileURL(file).href}?${version}`);
      return make(join(directory, "cache"), runs);
    };

    write("", "x + 1");
    const first = await open(1);
    assert.is(first(1), 2);
    write("", "x + 2");
    assert.is(first(1), 2);
    write("\n\n// Further down.\n", "x + 1");
    assert.is((await open(2))(1), 2);
    assert.is(runs.length, 1);
    write("", "x + 2");
    assert.is((await open(3))(1), 3);
    assert.is(first(1), 2);
    assert.is(runs.length, 2);
  }));

test.run();
