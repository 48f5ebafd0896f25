import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { claimCode } from "../../lib/code/origin/live.ts";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { isCacheError } from "../../lib/errors.ts";

const factory = (text: string): ((...values: unknown[]) => AnyFunction) =>
  new Function("scale", "offset", `return ${text}`) as () => AnyFunction;
const scaled = factory("(x) => x * scale + offset");

const isAmbiguous = (error: unknown): boolean => isCacheError(error, "ERR_AMBIGUOUS_FUNCTION");

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  // A WeakRef holds its target until the end of the job that made or read it.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    runInNewContext("gc")();
  }
}

test("one function object claims its code any number of times", () => {
  const fn = scaled(2, 0);
  for (let i = 0; i < 3; i++) claimCode("one#f", "code", fn);
});

test("a second closure of one source is refused, the first goes on", () => {
  const [first, second] = [scaled(2, 0), scaled(3, 0)];
  claimCode("two#f", "code", first);
  assert.throws(() => claimCode("two#f", "code", second), isAmbiguous);
  assert.throws(() => claimCode("two#f", "code", second), isAmbiguous);
  claimCode("two#f", "code", first);
});

test("the message names the variables and the way out", () => {
  claimCode("message#f", "code", scaled(2, 0));
  try {
    claimCode("message#f", "code", scaled(3, 0));
    assert.unreachable("not refused");
  } catch (error) {
    assert.ok(isCacheError(error, "ERR_AMBIGUOUS_FUNCTION"));
    assert.match(error.message, '"scale", "offset"');
    assert.match(error.message, "message#f");
    assert.match(error.message, "`name`");
    assert.match(error.message, "argument");
    assert.is(error.key, "message#f");
  }
});

test("closures of another name or another code do not meet", () => {
  claimCode("apart#f", "code", scaled(2, 0));
  claimCode("apart#g", "code", scaled(3, 0));
  claimCode("apart#f", "other code", scaled(4, 0));
  // Joined without care, these two would be one.
  claimCode("apart#h", ",code", scaled(5, 0));
  claimCode("apart#h,", "code", scaled(6, 0));
});

test("functions that refer to nothing but their arguments may be made again and again", () => {
  const alone = new Function("return (x) => x + 1") as () => AnyFunction;
  for (let i = 0; i < 3; i++) claimCode("pure#f", "code", alone());
});

test("arrows that capture this are told apart", () => {
  const make = new Function("return () => this.x") as () => AnyFunction;
  claimCode("this#f", "code", make.call({ x: 1 }));
  assert.throws(() => claimCode("this#f", "code", make.call({ x: 2 })), isAmbiguous);
});

test("a function that evaluates text may refer to anything", () => {
  const make = factory("(s) => eval(s)");
  claimCode("eval#f", "code", make(1, 2));
  assert.throws(() => claimCode("eval#f", "code", make(3, 4)), isAmbiguous);
});

test("a claim keeps no function alive, and outlives it", async () => {
  const claimOne = (): WeakRef<AnyFunction> => {
    const fn = scaled(2, 0);
    claimCode("dead#f", "code", fn);
    return new WeakRef(fn);
  };
  const first = claimOne();
  await collectGarbage();
  assert.is(first.deref(), undefined);
  assert.throws(() => claimCode("dead#f", "code", scaled(3, 0)), isAmbiguous);
});

test.run();
