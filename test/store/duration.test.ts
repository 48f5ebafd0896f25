import { test } from "uvu";
import * as assert from "uvu/assert";
import { expiresAfter, Memory } from "../../lib/index.ts";
import { checkDuration } from "../../lib/store/duration.ts";

test("a span of time is milliseconds, or parts that add up", () => {
  const cases: [given: unknown, milliseconds: number][] = [
    [0, 0],
    [1500, 1500],
    [0.5, 0.5],
    [{ weeks: 1 }, 604_800_000],
    [{ days: 1 }, 86_400_000],
    [{ hours: 1 }, 3_600_000],
    [{ minutes: 1 }, 60_000],
    [{ seconds: 1 }, 1000],
    [{ milliseconds: 1 }, 1],
    [{ days: 1, hours: 12, seconds: 0.5 }, 129_600_500],
    [{ days: undefined, hours: 1 }, 3_600_000],
    [{ seconds: 0 }, 0],
    [Object.assign(Object.create(null), { seconds: 2 }), 2000],
  ];
  for (const [given, milliseconds] of cases) assert.is(checkDuration("age", given), milliseconds);
});

test("a span without any part is a TypeError, and 0 has to be said", () => {
  for (const given of [{}, { days: undefined }, Object.create(null)]) {
    assert.throws(
      () => checkDuration("ageLimit", given),
      (error: Error) => error instanceof TypeError && /\{ days: 7 \}.*ageLimit/.test(error.message),
    );
  }
  assert.throws(() => expiresAfter({}), /what expiresAfter is given, got \{\}/);
  assert.throws(() => new Memory(null).reduceSize({ ageLimit: {} }), TypeError);
  assert.throws(() => new Memory(null, { limits: { age: {} } }), TypeError);
});

test("a negative or infinite span, or part of one, is a RangeError", () => {
  const wrong = [-1, Number.NaN, Number.POSITIVE_INFINITY];
  for (const given of [...wrong, ...wrong.map((seconds) => ({ days: 9, seconds }))]) {
    assert.throws(
      () => checkDuration("ageLimit", given),
      (error: Error) => error instanceof RangeError && /ageLimit/.test(error.message),
    );
  }
  assert.throws(() => checkDuration("ageLimit", { weeks: Number.MAX_VALUE }), RangeError);
});

test("an unknown part is a TypeError that lists the known ones", () => {
  assert.throws(
    () => checkDuration("ageLimit", { day: 1 }),
    /ageLimit has no part "day"\. Its parts are: weeks, days, hours, minutes, seconds, milliseconds/,
  );
});

test("what is no span of time is a TypeError, objects of other classes included", () => {
  class Days {
    readonly #days = 7;
    get days(): number {
      return this.#days;
    }
  }
  const wrong = ["7d", null, undefined, true, 5n, [5], new Date(5), new Map(), new Days()];
  for (const given of [...wrong, { days: "1" }, { days: null }]) {
    assert.throws(
      () => checkDuration("ageLimit", given),
      (error: Error) => error instanceof TypeError && /ageLimit/.test(error.message),
    );
  }
});

test.run();
