/**
 * Calls that look alike and are not: none gets the result of another.
 *
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError, Memory } from "../../lib/index.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

test("closures that assign and use a captured variable are refused rather than mixed", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const make = (scale: number | undefined) =>
      memory.cache(function scaled(x: number) {
        scale ??= 2;
        return scale * x;
      });
    assert.is(make(1)(10), 10);
    assert.throws(
      () => make(2)(10),
      (error: unknown) => isCacheError(error, "ERR_AMBIGUOUS_FUNCTION"),
    );
  }));

test("a captured counter that is only renewed makes no closure ambiguous", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const make = (runs: number) =>
      memory.cache(function twice(x: number) {
        runs++;
        return 2 * x;
      });
    assert.equal([make(0)(1), make(5)(1)], [2, 2]);
  }));

test("a function argument counts with what it captures at the call", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const settings = { k: 1 };
    const callback = (x: number): number => x * settings.k;
    const apply = memory.cache((f: (x: number) => number) => f(1), { name: "apply" });
    assert.is(apply(callback), 1);
    settings.k = 2;
    assert.is(apply(callback), 2);
  }));

test("an argument that is changed while an asynchronous function runs is not cached for", () =>
  withTmp(async (directory) => {
    const first = new Memory(directory, quiet).cache(async function first(x: Float64Array) {
      await sleep(10);
      return x[0];
    });
    const array = new Float64Array([1]);
    const { result, warnings } = await withWarnings(() => {
      const promise = first(array);
      array[0] = 5;
      return promise;
    });
    assert.is(result, 5);
    assert.equal(
      warnings.map(({ code }) => code),
      ["CACHE_ARGUMENTS_CHANGED"],
    );
    assert.is(await first(new Float64Array([1])), 1);
    assert.is(filesIn(directory).filter((file) => file.endsWith("entry.json")).length, 1);
  }));

test("two ways to make a key never share an entry", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const pair = (o: { id: number; count: number }): number[] => [o.id, o.count];
    const byId = memory.cache(pair, { name: "pair", key: (o) => o.id });
    const byCount = memory.cache(pair, { name: "pair", key: (o) => o.count });
    assert.equal(byId({ id: 5, count: 1 }), [5, 1]);
    assert.equal(byCount({ id: 7, count: 5 }), [7, 5]);
  }));

test("functions that cannot be told apart may be cached in two stores", () =>
  withTmp((one) =>
    withTmp((other) => {
      const known = new WeakMap<object, number>();
      const make = (directory: string) =>
        new Memory(directory, quiet).cache(function has(x: number) {
          return known.has({}) ? 0 : x;
        });
      assert.equal([make(one)(1), make(other)(2)], [1, 2]);
    }),
  ));

test("a thenable that is no promise is waited for", () =>
  withTmp(async (directory) => {
    const five = new Memory(directory, quiet).cache(function five() {
      // biome-ignore lint/suspicious/noThenProperty: what is tested
      return { then: (resolve: (value: number) => void) => resolve(5) };
    });
    assert.is(await five(), 5);
    assert.is(await five(), 5);
  }));

test("a storeIf that rejects, and a logger that throws, harm nobody", () =>
  withTmp(async (directory) => {
    const reject = async (): Promise<boolean> => {
      throw new Error("undecided");
    };
    const fail = (): never => {
      throw new Error("no terminal");
    };
    const memory = new Memory(directory, { verbose: 1, logger: { info() {}, warn: fail } });
    const seven = memory.cache(() => 7, { name: "seven" });
    const { result } = await withWarnings(() =>
      memory.cache(() => 7, { name: "undecided", storeIf: reject })(),
    );
    assert.is(result, 7);
    seven();
    await withWarnings(() => memory.clear());
    assert.not(seven.checkCallInCache());
    assert.equal(Object.keys(seven.recompute()).sort(), ["metadata", "value"]);
  }));

test.run();
