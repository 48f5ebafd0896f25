import { execFileSync } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { argumentsText, RecentKeys } from "../../lib/call/arguments/recent-keys.ts";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;
const module = new URL("../../lib/call/arguments/recent-keys.ts", import.meta.url).href;

const primitive = fc.oneof(
  fc.double(),
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom(0, -0, Number.NaN, "0", "-0", "d0,", "s1,0", "1", 1, true, "true", null, "null"),
  fc.constantFrom(undefined, "undefined", "", ",", "s0,", "\ud800", false),
  fc.string({ maxLength: 4 }),
);

test("a text of arguments is shared by equal ones, and by no others", () => {
  const lists = fc.array(primitive, { maxLength: 4 });
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      assert.is(argumentsText(a) === argumentsText(b), isDeepStrictEqual(a, b));
      assert.is(argumentsText(a), argumentsText([...a]));
    }),
    { numRuns: 5000 },
  );
});

test("arguments that can change, or are long, have no text", () => {
  for (const arg of [{}, [], new Date(), () => 1, Symbol.iterator, 1n, "x".repeat(65)]) {
    assert.is(argumentsText([1, arg]), undefined);
  }
  assert.is(argumentsText(new Array(9).fill(1)), undefined);
  assert.type(argumentsText(new Array(8).fill("x".repeat(64))), "string");
});

test("keys are kept up to a number of them", () => {
  const keys = new RecentKeys<{ i: number }>();
  for (let i = 0; i < 5000; i++) {
    const key = { i };
    keys.set(String(i), [i], key);
    assert.is(keys.get(String(i)), key);
  }
  assert.is(keys.get("0"), undefined);
});

test("a key that is kept holds no more of a long string than the part that was given", () => {
  const program = `
    import { RecentKeys, argumentsText } from ${JSON.stringify(module)};
    const keys = new RecentKeys();
    const long = (i) => Buffer.alloc(5e6, 97 + i).toString("latin1");
    for (let i = 0; i < 20; i++) {
      const args = [long(i).slice(100, 140), i];
      keys.set(argumentsText(args), args, { i });
    }
    gc();
    console.log(process.memoryUsage().heapUsed < 5e7, keys.get(argumentsText([long(3).slice(0, 40), 3])).i);
  `;
  const flags = ["--expose-gc", "--import", import.meta.resolve("tsx"), "--input-type=module"];
  const output = execFileSync(process.execPath, [...flags, "--eval", program], {
    encoding: "utf8",
  });
  assert.is(output, "true 3\n");
});

test("calls that were made before find the entries of their own arguments", () =>
  withTmp((directory) => {
    const show = (x: unknown): string => (Object.is(x, -0) ? "-0" : `${typeof x} ${x}`);
    const cached = new Memory(directory, quiet).cache(function each(x: unknown) {
      return show(x);
    });
    const values = [0, -0, Number.NaN, 1, "1", true, "true", null, "null", undefined, "", 2 ** 53];
    for (let turn = 0; turn < 3; turn++) {
      for (const value of values) assert.is(cached(value), show(value));
    }
    assert.is(cached.stats().misses, values.length);
  }));

test("a missing argument is still the default that it stands for", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(function add(x: number, y = 2) {
      return x + y;
    });
    for (let turn = 0; turn < 3; turn++) {
      assert.equal([cached(1), cached(1, undefined), cached(1, 2), cached(1, 3)], [3, 3, 3, 4]);
    }
    assert.is(cached.stats().misses, 2);
  }));

test("the receiver of a call counts as it is at each call", () =>
  withTmp((directory) => {
    const cached = new Memory(directory, quiet).cache(function times(
      this: { factor: number },
      x: number,
    ) {
      return this.factor * x;
    });
    const owner = { factor: 2 };
    assert.equal([cached.call(owner, 3), cached.call(owner, 3)], [6, 6]);
    owner.factor = 5;
    assert.equal([cached.call(owner, 3), cached.call(owner, 3)], [15, 15]);
  }));

test("what was bound to a function counts as it is at each call", () =>
  withTmp((directory) => {
    const options = { factor: 2 };
    function times({ factor }: { factor: number }, x: number): number {
      return factor * x;
    }
    const cached = new Memory(directory, quiet).cache(times.bind(undefined, options));
    assert.equal([cached(3), cached(3)], [6, 6]);
    options.factor = 5;
    assert.equal([cached(3), cached(3)], [15, 15]);
  }));

test("the option key is asked at each call", () =>
  withTmp((directory) => {
    const key = { part: 1 };
    const cached = new Memory(directory, quiet).cache(
      function same(x: number) {
        return [x];
      },
      { key: (x) => [x, key.part] },
    );
    cached(1);
    cached(1);
    key.part = 2;
    cached(1);
    assert.is(cached.stats().misses, 2);
  }));

test.run();
