/**
 * Cached functions that call themselves and each other: none waits for itself.
 *
 * @module
 */

import { AsyncResource } from "node:async_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

const memoryIn = (directory: string) => new Memory(directory, { verbose: 0 });

test("a synchronous recursion computes each value once", () =>
  withTmp((directory) => {
    let runs = 0;
    const fib = memoryIn(directory).cache(function fibonacci(n: number): number {
      runs++;
      return n < 2 ? n : fib(n - 1) + fib(n - 2);
    });
    assert.is(fib(15), 610);
    assert.is(runs, 16);
  }));

test("an asynchronous recursion whose branches run at once computes each value once", () =>
  withTmp(async (directory) => {
    let runs = 0;
    const fib = memoryIn(directory).cache(async function fibonacci(n: number): Promise<number> {
      runs++;
      await setImmediate();
      if (n < 2) return n;
      const [a, b] = await Promise.all([fib(n - 1), fib(n - 2)]);
      return a + b;
    });
    assert.is(await fib(12), 144);
    assert.is(runs, 13);
  }));

test("a function that calls itself with the same key computes again, as without a cache", () =>
  withTmp(async (directory) => {
    const memory = memoryIn(directory);
    const ignore = ["depth"];
    const down = memory.cache(
      function goDown(x: number, depth: number): number {
        return depth === 0 ? x : down(x, depth - 1);
      },
      { ignore },
    );
    assert.is(down(1, 3), 1);

    const later = memory.cache(
      async function goLater(x: number, depth: number): Promise<number> {
        await setImmediate();
        return depth === 0 ? x : later(x, depth - 1);
      },
      { ignore },
    );
    assert.is(await later(2, 3), 2);

    const promised = memory.cache(
      function goPromised(x: number, depth: number): Promise<number> {
        return depth === 0 ? setTimeout(1, x) : setTimeout(1).then(() => promised(x, depth - 1));
      },
      { ignore },
    );
    assert.is(await promised(3, 3), 3);
  }));

test("two functions that call each other crosswise with the same keys end", () =>
  withTmp(async (directory) => {
    const memory = memoryIn(directory);
    let runs = 0;
    const ignore = ["depth"];
    const even = memory.cache(
      async function isEven(x: number, depth: number): Promise<number> {
        runs++;
        await setTimeout(5);
        return depth === 0 ? x : odd(x, depth - 1);
      },
      { ignore },
    );
    const odd = memory.cache(
      async function isOdd(x: number, depth: number): Promise<number> {
        runs++;
        await setTimeout(5);
        return depth === 0 ? x : even(x, depth - 1);
      },
      { ignore },
    );
    // Each computes when the other asks for it.
    assert.equal(await Promise.all([even(1, 3), odd(1, 3)]), [1, 1]);
    assert.ok(runs <= 8, `${runs} runs`);
  }));

test("a call from a listener inside a computation knows what it is inside of", () =>
  withTmp((directory) => {
    const outside = new AsyncResource("outside");
    const call = memoryIn(directory).cache(
      function callIt(x: number, depth: number): number {
        // In the context of somebody else, but on the stack of this call.
        return depth === 0 ? x : outside.runInAsyncScope(() => call(x, depth - 1));
      },
      { ignore: ["depth"] },
    );
    assert.is(call(1, 2), 1);
  }));

test.run();
