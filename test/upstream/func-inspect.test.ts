/**
 * What joblib's `test_func_inspect.py` asks beyond what `test/code` and `test/call` have.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

// test_func_name_collision_on_inner_func
test("inner functions of one name in two functions have results of their own", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    function first(x: number): number {
      return memory.cache(function inner(y: number) {
        return y + 1;
      })(x);
    }
    function second(x: number): number {
      return memory.cache(function inner(y: number) {
        return y + 2;
      })(x);
    }
    assert.equal([first(1), second(1), first(1), second(1)], [2, 3, 2, 3]);
  }));

/** What is logged of a call before the function runs. */
function logged(directory: string, args: readonly unknown[]): string {
  const lines: string[] = [];
  const logger = { info: (text: string) => void lines.push(text), warn() {} };
  new Memory(directory, { logger }).eval(function g(..._: readonly unknown[]) {}, ...args);
  return (lines[0] as string).split("\n").at(-1) as string;
}

// test_format_signature
test("a call is logged as one would write it", () =>
  withTmp((directory) => {
    assert.is(logged(directory, [[0, 1, 2]]), "g([ 0, 1, 2 ])");
    assert.is(logged(directory, [1, "2", { y: true }]), "g(1, '2', { y: true })");
    assert.is(logged(directory, []), "g()");
  }));

// test_format_signature_long_arguments
test("of a long argument the beginning is logged, and all arguments are", () =>
  withTmp((directory) => {
    const long = "a".repeat(1500);
    for (const args of [
      [long, 1],
      [[long], 1],
      [{ long }, 1],
      [new Float64Array(1500), 1],
    ]) {
      const text = logged(directory, args);
      assert.ok(text.length < 250, text);
      assert.match(text, /…, 1\)$|… \], 1\)$/);
    }
  }));

test.run();
