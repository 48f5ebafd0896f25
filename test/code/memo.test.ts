import { test } from "uvu";
import * as assert from "uvu/assert";
import { currentWitness, Memo, Witness, withWitness } from "../../lib/code/syntax/memo.ts";

test("what follows from nothing that a witness said is known to all", () => {
  const memo = new Memo<object, string>();
  const [one, two] = [new Witness(), new Witness()];
  const key = {};
  withWitness(one, () => memo.add(key, () => "read"));
  assert.is(memo.get(key), "read");
  assert.is(
    withWitness(two, () => memo.get(key)),
    "read",
  );
});

test("what follows from what a witness said is known for that witness alone", () => {
  const [memo, next] = [new Memo<object, string>(), new Memo<object, string>()];
  const [one, two] = [new Witness(), new Witness()];
  const key = {};
  const said = (): string => {
    currentWitness()?.hear();
    return "said";
  };
  withWitness(one, () => memo.add(key, said));
  assert.is(memo.get(key), undefined);
  assert.is(
    withWitness(two, () => memo.get(key)),
    undefined,
  );
  // At second hand, too.
  assert.is(
    withWitness(one, () => next.add(key, () => `${memo.get(key)} again`)),
    "said again",
  );
  assert.is(next.get(key), undefined);
  assert.is(
    withWitness(one, () => next.get(key)),
    "said again",
  );
  memo.add(key, () => "read");
  assert.is(
    withWitness(one, () => memo.get(key)),
    "read",
  );
});

test("after an error, the witness of before counts", () => {
  const witness = new Witness();
  withWitness(witness, () => {
    assert.throws(() => withWitness(new Witness(), () => JSON.parse("")), /JSON/);
    assert.is(currentWitness(), witness);
  });
  assert.is(currentWitness(), undefined);
});

test.run();
