import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hash } from "../../lib/hash/hash.ts";
import { change } from "./change.ts";
import { build, recipes } from "./recipe.ts";

test("equal values have equal digests, however they were made", () => {
  void fc.assert(
    fc.property(recipes, (recipe) => {
      const [one, other] = [build(recipe, false), build(recipe, true)];
      assert.ok(isDeepStrictEqual(one, other));
      assert.is(hash(one), hash(other));
    }),
    { numRuns: 1500 },
  );
});

test("a value that is changed in one place has another digest", () => {
  void fc.assert(
    fc.property(recipes, fc.infiniteStream(fc.nat(1e6)), (recipe, numbers) => {
      const changed = change(recipe, (n) => numbers.next().value % n);
      const [one, other] = [build(recipe, false), build(changed, true)];
      assert.not(isDeepStrictEqual(one, other));
      assert.is.not(hash(one), hash(other));
    }),
    { numRuns: 3000 },
  );
});

test("two values have the same digest exactly when they are deeply equal", () => {
  void fc.assert(
    fc.property(recipes, recipes, (a, b) => {
      const [one, other] = [build(a, false), build(b, false)];
      assert.is(hash(one) === hash(other), isDeepStrictEqual(one, other));
    }),
    { numRuns: 3000 },
  );
});

test.run();
