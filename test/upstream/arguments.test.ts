/**
 * What joblib's `test_memory.py` and `test_func_inspect.py` ask of arguments by name, defaults and
 * `ignore`, in the form that these have in JavaScript.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;

// test_memory_kwarg, test_memory_args_as_kwargs, test_filter_kwargs
test("options by name count with their defaults", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    const cached = new Memory(directory, quiet).cache(function f(
      a: number,
      { b = 2, c = "x" }: { b?: number | undefined; c?: string } = {},
    ) {
      runs.push(b);
      return `${a} ${b} ${c}`;
    });
    for (const call of [
      () => cached(1),
      () => cached(1, {}),
      () => cached(1, { b: 2 }),
      () => cached(1, { c: "x", b: 2 }),
      () => cached(1, { b: undefined }),
    ]) {
      assert.is(call(), "1 2 x");
    }
    assert.equal(runs, [2]);
    assert.is(cached(1, { b: 3 }), "1 3 x");
    assert.equal(runs, [2, 3]);
  }));

// test_filter_args, test_filter_args_2
test("a default that is given counts as one that is not", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    const cached = new Memory(directory, quiet).cache(function f(x: number, y = 0) {
      runs.push(y);
      return x + y;
    });
    assert.equal([cached(1), cached(1, 0), cached(1, undefined), cached(0, 1)], [1, 1, 1, 1]);
    assert.equal(runs, [0, 1]);
  }));

// test_memory_ignore, test_partial_decoration
test("what is ignored does not count, and is told", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    const memory = new Memory(directory, quiet);
    const cached = memory.cache({ ignore: ["y"] })(function f(x: number, y = 1) {
      runs.push(x);
      return y;
    });
    assert.equal(cached.ignore, ["y"]);
    assert.equal([cached(0), cached(0, 1), cached(0, 2), cached(1, 5)], [1, 1, 1, 5]);
    assert.equal(runs, [0, 1]);
    assert.equal(memory.cache(cached.func).ignore, []);
  }));

// test_memory_ignore_decorated
test("of a wrapper only its own parameters can be ignored; a key says what else counts", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    const memory = new Memory(directory, quiet);
    function decorated(...args: readonly number[]): number {
      runs.push(args[0] as number);
      return args[0] as number;
    }
    assert.throws(() => memory.cache(decorated, { ignore: ["y"] }), /"y".*args/s);
    const cached = memory.cache(decorated, { key: (x) => x });
    assert.equal([cached(0, 1), cached(0, 2), cached(1, 2)], [0, 0, 1]);
    assert.equal(runs, [0, 1]);
  }));

// test_memory_func_with_kwonly_args
test("an option that is ignored has the value of the call that computed", () =>
  withTmp((directory) => {
    const f = (a: number, { kw1 = 3, kw2 = 4 } = {}): number[] => [a, kw1, kw2];
    const memory = new Memory(directory, quiet);
    const cached = memory.cache(f);
    assert.equal(cached(1, { kw1: 5 }), [1, 5, 4]);
    assert.equal(cached(1, { kw2: 6 }), [1, 3, 6]);
    const without = memory.cache(f, { ignore: ["kw2"] });
    assert.equal(without(1, { kw1: 5, kw2: 6 }), [1, 5, 6]);
    assert.equal(without(1, { kw1: 5, kw2: "ignored" as never }), [1, 5, 6]);
  }));

// test_filter_varargs
test("arguments of a rest parameter count one by one, or not at all", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    const memory = new Memory(directory, quiet);
    function f(x: number, ...rest: readonly number[]): number {
      runs.push(rest.length);
      return x + rest.length;
    }
    const cached = memory.cache(f);
    assert.equal([cached(1), cached(1, 2), cached(1, 2, 3), cached(1, 2)], [1, 2, 3, 2]);
    assert.equal(runs, [0, 1, 2]);
    const without = memory.cache(f, { ignore: ["rest"] });
    assert.equal([without(1), without(1, 2)], [1, 1]);
  }));

// test_filter_args_error_msg
test("an ignore that is no list, and a name that there is not, are told when cache is called", () =>
  withTmp((directory) => {
    const cache = new Memory(directory, quiet).cache as (f: unknown, options: object) => unknown;
    function f(first: number, second = 1): number {
      return first + second;
    }
    for (const [ignore, message] of [
      ["second", /"ignore".*'second'/],
      [["third"], /"third".*first, second/],
    ] as const) {
      assert.throws(() => cache(f, { ignore }), message);
      assert.throws(() => cache(f, { ignore }), TypeError);
    }
  }));

// test_filter_args_no_kwargs_mutation
test("the caller's objects are not touched, so they may be frozen", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(
      function f({ a, b = 2 }: { a: number; b?: number }, list: readonly number[] = []) {
        return a + b + list.length;
      },
      { ignore: ["b"] },
    );
    const [options, list] = [Object.freeze({ a: 1, b: 3 }), Object.freeze([1, 2])];
    assert.is(cached(options, list), 6);
    assert.is(cached(options, list), 6);
    assert.equal([options, list], [{ a: 1, b: 3 }, [1, 2]]);
  }));

test.run();
