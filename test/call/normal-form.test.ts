import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { argumentsOf } from "../../lib/call/arguments/arguments.ts";
import { keyOf } from "./calls.ts";
import { observer, pairs, tame, tameArguments, wild, wildArguments } from "./signature.ts";

const wildCalls = wild.chain((signature) =>
  fc.tuple(fc.constant(signature), pairs(wildArguments(signature))),
);
const tameCalls = tame.chain((signature) =>
  fc.tuple(fc.constant(signature), pairs(tameArguments(signature))),
);

for (const [kind, more] of [
  ["a function", ""],
  ["a function with arguments", "count: arguments.length, all: [...arguments]"],
] as const) {
  test(`calls with the same key look the same to ${kind}`, () => {
    void fc.assert(
      fc.property(wildCalls, ([signature, [a, b]]) => {
        const made = observer(signature, more);
        if (!made) return;
        const counts = argumentsOf(made.fn, { name: "f" });
        if (keyOf(counts, a) !== keyOf(counts, b)) return;
        assert.ok(isDeepStrictEqual(made.see(a), made.see(b)), made.fn.toString());
      }),
      { numRuns: 1000 },
    );
  });
}

test("calls with the same key look the same to a function but for what is ignored", () => {
  void fc.assert(
    fc.property(wildCalls, fc.nat(), ([signature, [a, b]], n) => {
      const made = observer(signature);
      const name = made?.names[n % made.names.length];
      if (!made || name === undefined) return;
      let keys: string[];
      try {
        const counts = argumentsOf(made.fn, { ignore: [name], name: "f" });
        keys = [keyOf(counts, a), keyOf(counts, b)];
      } catch (error) {
        if (error instanceof TypeError) return;
        throw error;
      }
      if (keys[0] !== keys[1]) return;
      assert.ok(isDeepStrictEqual(made.see(a, name), made.see(b, name)), `${name} ${made.fn}`);
    }),
    { numRuns: 1000 },
  );
});

test("calls share a key exactly when they look the same to a function that takes plain objects", () => {
  void fc.assert(
    fc.property(tameCalls, ([signature, [a, b]]) => {
      const made = observer(signature);
      assert.ok(made);
      const counts = argumentsOf(made.fn, { name: "f" });
      const looksSame = isDeepStrictEqual(made.see(a), made.see(b));
      assert.is(keyOf(counts, a) === keyOf(counts, b), looksSame, made.fn.toString());
    }),
    { numRuns: 1000 },
  );
});

test.run();
