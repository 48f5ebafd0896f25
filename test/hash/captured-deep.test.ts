import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

interface Nested {
  readonly parent?: Nested;
  children?: Nested[];
}

const makers: Record<string, (levels: number) => Nested> = {
  "a chain of objects": (levels) => {
    let chain: Nested = {};
    for (let i = 0; i < levels; i++) chain = { parent: chain };
    return chain;
  },
  "a tree with links to the parents": (levels) => {
    const root: Nested = { children: [] };
    let node = root;
    for (let i = 0; i < levels; i++) {
      const child: Nested = { parent: node, children: [] };
      node.children?.push(child);
      node = child;
    }
    return root;
  },
};
for (const [what, make] of Object.entries(makers)) {
  for (const levels of [250, 700, 20_000]) {
    test(`a function that captures ${what} of ${levels} levels runs`, () =>
      withTmp((directory) => {
        const value = make(levels);
        const memory = new Memory(directory, { verbose: 0 });
        const cached = memory.cache(() => value.parent !== undefined, { name: "deep" });
        assert.is(cached(), value.parent !== undefined);
        const { leftOut } = cached.explain();
        if (levels > 400) assert.ok(leftOut.some(({ why }) => /nested too deeply/.test(why)));
      }));
  }
}

test("a function that is called where the stack is almost used up loses no call", () =>
  withTmp((directory) => {
    const value = makers["a chain of objects"]?.(350) as Nested;
    class Holder {
      static readonly held = value;
      readonly own = 1;
    }
    const memory = new Memory(directory, { verbose: 0 });
    const cached = memory.cache(() => [value, Holder].length, { name: "low" });
    let room = 0;
    const below = (levels: number): number => {
      room = Math.max(room, -levels);
      return levels === 0 ? cached() : below(levels - 1);
    };
    assert.throws(() => below(-1), /call stack/);
    assert.is(below(Math.floor(0.8 * room)), 2);
  }));

test.run();
