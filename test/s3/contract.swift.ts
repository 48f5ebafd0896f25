/**
 * A service without conditions for `PutObject`: what of the contract of stores is kept there, and
 * what becomes of the rest.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { S3Store } from "../../lib/s3.ts";
import { keyOf } from "../../lib/testing/sample.ts";
import { storeContract } from "../../lib/testing.ts";
import { sameArray } from "../helpers/assert.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { newStore, operations, optionsOf, requestsOf } from "./place.ts";

const identity = { name: "f", module: "m", track: "none" } as const;

function ramp(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => i / 3);
}

test("that the last writer wins is said once, at the first store", async () => {
  const memory = new Memory(newStore(), { verbose: 0, lock: false });
  const f = memory.cache(ramp, identity);
  const { warnings } = await withWarnings(async () => {
    const first = await requestsOf(async () => {
      await f(10);
      await memory.flush();
    });
    // The refused one, a look, and the one that succeeds.
    assert.is(operations(first.requests), "GetObject PutObject GetObject PutObject");
    await f(20_000);
    await f.recompute(10);
    await memory.flush();
  });
  assert.equal(
    warnings.map(({ code }) => code),
    ["CACHE_NO_CONDITIONS"],
  );
  sameArray(await f(20_000), ramp(20_000));
});

/** Who of several is first, only a condition can tell. */
const needsConditions: readonly string[] = [
  "of writers at the same time one wins, and its entry is whole",
  "of writers that replace at the same time one stays, and its entry is whole",
];
const create = () => {
  const options = optionsOf();
  const store = new S3Store(options);
  return { store, reopen: () => new S3Store(options), dispose: () => store.clear() };
};
const rules = storeContract({ create });
for (const { name, run } of rules) {
  if (needsConditions.includes(name)) continue;
  test(`a store without conditions: ${name}`, run);
}

test("of writers at the same time one entry stays, whole, and nobody gets a wrong value", () =>
  withTmp(async (directory) => {
    const options = optionsOf();
    const clients = Array.from({ length: 4 }, (_, i) => {
      const copies = i % 2 === 0 ? {} : { cacheDir: `${directory}/${i}` };
      const memory = new Memory(new S3Store({ ...options, ...copies }), {
        verbose: 0,
        lock: false,
      });
      return { memory, f: memory.cache(ramp, identity) };
    });
    for (const length of [10, 20_000]) {
      const results = await Promise.all(clients.map(({ f }) => f(length)));
      await Promise.all(clients.map(({ memory }) => memory.flush()));
      for (const result of results) sameArray(result, ramp(length));
      await Promise.all(clients.map(({ f }) => f.recompute(length)));
      await Promise.all(clients.map(({ memory }) => memory.flush()));
      let calls = 0;
      const memory = new Memory(new S3Store(options), { verbose: 0, lock: false });
      const found = memory.cache((n: number) => ramp(n + calls++ * 0), identity);
      sameArray(await found(length), ramp(length));
      assert.is(calls, 0);
      assert.is((await memory.verify()).damaged.length, 0);
    }
    assert.is((await clients[0]?.memory.stats())?.items, 2);
  }));

test("there are no locks: whoever asks computes, and is not held up", async () => {
  const options = optionsOf();
  assert.is(await new S3Store(options).lock(keyOf(), { host: "h", pid: 1, since: 1 }), undefined);
  const results = await Promise.all(
    [1, 2].map(async () => {
      const memory = new Memory(new S3Store(options), { verbose: 0, lock: true });
      const result = await memory.cache(ramp, identity)(10);
      await memory.flush();
      return result;
    }),
  );
  for (const result of results) sameArray(result, ramp(10));
});

test("what is larger than a part goes up and comes back", async () => {
  const memory = new Memory(newStore({ partSize: "5M" }), { verbose: 0, lock: false });
  let calls = 0;
  const f = memory.cache((length: number) => {
    calls++;
    return ramp(length);
  }, identity);
  const up = await requestsOf(async () => {
    await f(1_500_000);
    await memory.flush();
  });
  assert.is(up.requests.filter(({ operation }) => operation === "UploadPart").length, 3);
  sameArray(await f(1_500_000), ramp(1_500_000));
  assert.is(calls, 1);
});

test.run();
