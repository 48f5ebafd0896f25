import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError, Memory } from "../../lib/index.ts";
import { rejects } from "../helpers/assert.ts";
import { filesIn, withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;

/** A memory whose functions count their runs. */
function counted(directory: string | null): { memory: Memory; runs: string[] } {
  return { memory: new Memory(directory, quiet), runs: [] };
}

test("a function runs once for each list of arguments, also in another Memory", () =>
  withTmp((directory) => {
    const runs: number[] = [];
    function square(x: number): number {
      runs.push(x);
      return x * x;
    }
    const first = new Memory(directory, quiet).cache(square);
    assert.equal([first(2), first(3), first(2)], [4, 9, 4]);
    const second = new Memory(directory, quiet).cache(square);
    assert.equal([second(2), second(3), second(4)], [4, 9, 16]);
    assert.equal(runs, [2, 3, 4]);
  }));

test("a cached function has the name and the length of the original, and shows it", () =>
  withTmp((directory) => {
    function area(width: number, height: number): number {
      return width * height;
    }
    const cached = new Memory(directory, quiet).cache(area);
    assert.is(cached.name, "area");
    assert.is(cached.length, 2);
    assert.is(cached.func, area);
    assert.is(cached.functionId, "test/call/memory.test.ts#area");
  }));

test("caching a cached function caches the function inside it", () =>
  withTmp((directory) => {
    function one(): number {
      return 1;
    }
    const cached = new Memory(directory, quiet).cache(one);
    assert.is(new Memory(directory, quiet).cache(cached).func, one);
  }));

test("name and module say where entries are kept", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const cached = memory.cache((x: number) => x, { name: "same", module: "lib/x.ts" });
    assert.is(cached.functionId, "lib/x.ts#same");
    cached(1);
    assert.ok(filesIn(directory).some((file) => file.includes("lib%2Fx.ts#same")));
  }));

test("cache(options) returns what caches a function, and so does cache()", () =>
  withTmp((directory) => {
    const { memory, runs } = counted(directory);
    const cached = memory.cache({ name: "twice" })((x: number) => {
      runs.push("run");
      return 2 * x;
    });
    assert.equal([cached(4), cached(4)], [8, 8]);
    assert.equal(runs, ["run"]);
    const plain = memory.cache()(function thrice(x: number) {
      return 3 * x;
    });
    assert.is(plain(2), 6);
  }));

test("eval calls through the cache", () =>
  withTmp((directory) => {
    const { memory, runs } = counted(directory);
    function half(x: number): number {
      runs.push("run");
      return x / 2;
    }
    assert.equal([memory.eval(half, 8), memory.eval(half, 8)], [4, 4]);
    assert.equal(runs, ["run"]);
  }));

test("trailing undefined arguments do not count, others do", () =>
  withTmp((directory) => {
    const { memory, runs } = counted(directory);
    const cached = memory.cache(function f(a?: unknown, b?: unknown) {
      runs.push("run");
      return [a, b].length;
    });
    cached(1);
    cached(1, undefined);
    assert.is(runs.length, 1);
    cached(undefined, 1);
    cached(null);
    cached();
    cached(undefined);
    assert.is(runs.length, 4);
  }));

test("without a location every call runs the function and nothing is written", () => {
  const { memory, runs } = counted(null);
  const cached = memory.cache(function f(x: number) {
    runs.push("run");
    return x;
  });
  assert.equal([cached(1), cached(1)], [1, 1]);
  assert.is(runs.length, 2);
  assert.is(cached.checkCallInCache(1), false);
  assert.is(cached.forget(1), false);
  assert.is(cached.recompute(1).value, 1);
  cached.clear();
  memory.clear();
  assert.is(memory.location, null);
});

test("an asynchronous function runs once, and a hit is a promise too", () =>
  withTmp(async (directory) => {
    const { memory, runs } = counted(directory);
    const cached = memory.cache(async function load(x: number) {
      runs.push("run");
      return { x };
    });
    assert.equal(await cached(1), { x: 1 });
    const hit = cached(1);
    assert.instance(hit, Promise);
    assert.equal(await hit, { x: 1 });
    assert.is(runs.length, 1);
  }));

test("a function that returns a promise without being async is cached like one", () =>
  withTmp(async (directory) => {
    const { memory, runs } = counted(directory);
    const cached = memory.cache(function later(x: number) {
      runs.push("run");
      return Promise.resolve(x + 1);
    });
    assert.is(await cached(1), 2);
    assert.instance(cached(1), Promise);
    assert.is(await cached(1), 2);
    assert.is(runs.length, 1);
  }));

test("what a function throws or rejects with passes through and is not cached", () =>
  withTmp(async (directory) => {
    const { memory, runs } = counted(directory);
    const error = Object.assign(new Error("no"), { code: "E_NO" });
    const sync = memory.cache(function sync() {
      runs.push("sync");
      throw error;
    });
    const later = memory.cache(async function later() {
      runs.push("async");
      throw error;
    });
    for (let i = 0; i < 2; i++) {
      assert.throws(sync, (thrown: unknown) => thrown === error);
      await rejects(later(), "E_NO");
    }
    assert.equal(runs, ["sync", "async", "sync", "async"]);
  }));

test("an argument that cannot be hashed throws, or rejects where the function is async", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, quiet);
    const sync = memory.cache(function sync(_: unknown) {
      return 1;
    });
    const later = memory.cache(async function later(_: unknown) {
      return 1;
    });
    const model = { session: new WeakMap() };
    assert.throws(
      () => sync({ model }),
      (error: unknown) =>
        isCacheError(error, "ERR_UNHASHABLE") && error.path === "args[0].model.session",
    );
    await rejects(later({ model }), "ERR_UNHASHABLE");
  }));

test("the key is that of the arguments as they were when the call was made", () =>
  withTmp((directory) => {
    const { memory, runs } = counted(directory);
    const sortInPlace = memory.cache(function sortInPlace(values: number[]) {
      runs.push("run");
      return values.sort()[0];
    });
    sortInPlace([3, 1, 2]);
    sortInPlace([3, 1, 2]);
    assert.is(runs.length, 1);
    sortInPlace([1, 2, 3]);
    assert.is(runs.length, 2);
    const { metadata } = sortInPlace.recompute([3, 1, 2]);
    assert.equal(metadata.inputArgs, ["[ 3, 1, 2 ]"]);
  }));

test("a method that uses this has the receiver in its key, and a decorator caches it", () =>
  withTmp((directory) => {
    const { memory, runs } = counted(directory);
    class Circle {
      readonly radius: number;
      constructor(radius: number) {
        this.radius = radius;
      }
      @memory.cache
      area(precision: number): string {
        runs.push("run");
        return (Math.PI * this.radius ** 2).toFixed(precision);
      }
    }
    assert.is(new Circle(1).area(2), "3.14");
    assert.is(new Circle(2).area(2), "12.57");
    assert.is(new Circle(1).area(2), "3.14");
    assert.is(runs.length, 2);
  }));

test("a function that does not use this ignores what it is called on", () =>
  withTmp((directory) => {
    const { memory, runs } = counted(directory);
    const cached = memory.cache(function f(x: number) {
      runs.push("run");
      return x;
    });
    const holder = { cached, unhashable: new WeakMap() };
    assert.equal([holder.cached(1), cached(1)], [1, 1]);
    assert.is(runs.length, 1);
  }));

test("another version of the code has entries of its own, and the old ones are found again", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    const runs: string[] = [];
    const version = (body: string): (() => number) =>
      memory.cache(
        new Function("runs", `return function f() { runs.push("x"); return ${body}; }`)(runs),
        { name: "f" },
      ) as () => number;
    assert.equal([version("1")(), version("2")(), version("1 // comment\n")()], [1, 2, 1]);
    assert.is(runs.length, 2);
  }));

test("what is said goes to the logger, at joblib's levels", () =>
  withTmp((directory) => {
    const lines: string[] = [];
    const logger = {
      info: (text: string) => void lines.push(text),
      warn: (text: string) => void lines.push(`warn ${text}`),
    };
    const said = (verbose: number): string => {
      lines.length = 0;
      const memory = new Memory(directory, { verbose, logger });
      const cached = memory.cache((x: number) => x, { name: "f", module: "m.ts" });
      memory.clear();
      cached(1);
      cached(1);
      return lines.join("\n");
    };
    assert.is(said(0), "");
    assert.match(
      said(1),
      /^warn Flushing.*\n_+\n\[Memory\] Calling m\.ts#f\.\.\.\nf\(1\)\n_+f - 0\.0s, 0\.0min$/,
    );
    assert.match(said(2), /\[Memory\] Loading m\.ts#f\.\.\.$/);
    assert.match(said(11), /Stored in .*\n\[Memory\] Loading m\.ts#f from /);
  }));

test.run();
