import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

const quiet = { verbose: 0 } as const;

/** A function that counts its runs, and shows what it was called with. */
function counted(): {
  readonly runs: { count: number };
  show(this: unknown, ...args: number[]): string;
} {
  const runs = { count: 0 };
  function show(this: unknown, a = 0, b = 0, c = 0): string {
    runs.count++;
    return JSON.stringify([this ?? null, a, b, c]);
  }
  return { runs, show };
}

test("a bound function counts with its receiver and the arguments it holds", () =>
  withTmp((directory) => {
    const { runs, show } = counted();
    const memory = new Memory(directory, quiet);
    const [one, two] = [{ k: 1 }, { k: 2 }];
    const bound = [show.bind(one, 1), show.bind(two, 1), show.bind(one, 2), show.bind(null, 1)];
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(
        bound.map((each) => memory.cache(each)(5)),
        ['[{"k":1},1,5,0]', '[{"k":2},1,5,0]', '[{"k":1},2,5,0]', "[null,1,5,0]"],
      );
    }
    assert.is(runs.count, 4);
  }));

test("bound twice, or called with the same receiver and arguments, it is the same call", () =>
  withTmp((directory) => {
    const { runs, show } = counted();
    const memory = new Memory(directory, quiet);
    const it = { k: 1 };
    memory.cache(show).call(it, 1, 2, 3);
    assert.is(memory.cache(show.bind(it, 1, 2))(3), '[{"k":1},1,2,3]');
    assert.is(memory.cache(show.bind(it, 1).bind(null, 2))(3), '[{"k":1},1,2,3]');
    assert.is(runs.count, 1);
  }));

test("a bound function has the name of the one inside, and its members need no receiver", () =>
  withTmp((directory) => {
    const { runs, show } = counted();
    const cached = new Memory(directory, quiet).cache(show.bind({ k: 1 }, 1), { ignore: ["c"] });
    assert.match(cached.functionId, /#show$/);
    cached(2, 3);
    cached(2, 4);
    assert.is(runs.count, 1);
    assert.ok(cached.checkCallInCache(2, 5));
    assert.equal([...cached.entries()][0]?.inputArgs, ["1", "2", "3"]);
    assert.match(cached.explain(7, 0).reason, /b is 7, and was 2/);
    assert.ok(cached.forget(2));
  }));

test("a bound native function is refused", () =>
  withTmp((directory) => {
    const memory = new Memory(directory, quiet);
    assert.throws(() => memory.cache(Math.max.bind(null, 3), { name: "max" }), /with a source/);
  }));

test.run();
