import { test } from "uvu";
import * as assert from "uvu/assert";
import { now } from "../../lib/store/clock.ts";

/** Runs something with a `Date.now` that returns these times, one after the other. */
function withTimes<T>(times: readonly number[], run: () => T): T {
  const { now: original } = Date;
  let turn = 0;
  Date.now = () => times[Math.min(turn++, times.length - 1)] as number;
  try {
    return run();
  } finally {
    Date.now = original;
  }
}

test("times within one millisecond rise, and stay in it however many they are", () => {
  const times = withTimes([5000], () => Array.from({ length: 2000 }, now));
  for (const [i, time] of times.entries()) {
    assert.ok(time >= 5000 && time < 5001);
    if (i > 0 && i < 500) assert.ok(time > (times[i - 1] as number));
    if (i > 0) assert.ok(time >= (times[i - 1] as number));
  }
});

test("the clock may be set forwards and back", () => {
  const times = withTimes([5000, 9000, 4000, 4001], () => [now(), now(), now(), now()]);
  assert.equal(times.map(Math.floor), [5000, 9000, 4000, 4001]);
});

test.run();
