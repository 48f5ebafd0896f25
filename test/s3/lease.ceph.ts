/**
 * Locks in a bucket: leases that end by the clock of the service, with numbers.
 *
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { S3Store } from "../../lib/s3.ts";
import type { BackendLock } from "../../lib/store/backend.ts";
import { Bucket } from "../../lib/store/s3/bucket.ts";
import { Lease } from "../../lib/store/s3/lease.ts";
import { checkSettings } from "../../lib/store/s3/options.ts";
import { publish } from "../../lib/store/s3/publish.ts";
import { keyOf } from "../../lib/testing/sample.ts";
import { operations, optionsOf, requestsOf } from "./place.ts";

const owner = { host: "here", pid: 1, since: 1 };

function isHeld(answer: object | undefined): answer is BackendLock {
  return answer !== undefined && "release" in answer;
}

test("a lock is renewed while its holder lives, and free some time after it died", async () => {
  const options = optionsOf({ leaseTime: 3000 });
  const [one, other] = [new S3Store(options), new S3Store(options)];
  const held = await one.lock(keyOf(), owner);
  assert.ok(isHeld(held));
  for (let i = 0; i < 4; i++) {
    await sleep(2000);
    assert.not(isHeld(await other.lock(keyOf(), owner)));
  }
  await held.release();
  const next = await other.lock(keyOf(), owner);
  assert.ok(isHeld(next));
  await next.release();

  const { bucket: name, prefix: _, ...rest } = options;
  const bucket = new Bucket(name, checkSettings({ ...rest, leaseTime: 1000 }));
  const object = `${options.prefix}/lease`;
  const record = { owner, fence: 7, leaseTime: 1000 };
  await bucket.put(object, new TextEncoder().encode(JSON.stringify(record)));
  const take = () => Lease.take(bucket, object, owner, 1000, async () => {});
  assert.equal(await take(), { owner });
  await sleep(5000);
  // The holder died: of those who find that out at once, one gets the lock.
  const taken = await Promise.all([take(), take(), take()]);
  const leases = taken.filter((each) => each instanceof Lease);
  assert.is(leases.length, 1);
  assert.ok((leases[0]?.fence ?? 0) > 7);
  await leases[0]?.release();
  assert.is(await bucket.head(object), undefined);
});

test("who lost a lease while it was paused does not overwrite what the next one stored", async () => {
  const { bucket: name, prefix, ...rest } = optionsOf();
  const bucket = new Bucket(name, checkSettings(rest));
  const entry = (text: string, fence: number) => {
    const body = new TextEncoder().encode(text);
    return publish(bucket, { name: `${prefix}/e`, body, metadata: {}, replace: true, fence });
  };
  assert.is((await entry("first", 5)).isEntry, true);
  assert.is((await entry("next", 6)).isEntry, true);
  assert.is((await entry("paused", 5)).isEntry, false);
  assert.is(Buffer.from((await bucket.get(`${prefix}/e`))?.body ?? []).toString(), "next");
  assert.is((await entry("without a lease", 0)).isEntry, true);
});

test("a lease is asked for where it can pay, where lock is true, and never where it is false", async () => {
  const store = new S3Store(optionsOf());
  let next = 0;
  const requestsWith = async (seconds: number, lock?: boolean): Promise<string[]> => {
    const memory = new Memory(store, { verbose: 0, ...(lock !== undefined && { lock }) });
    const f = memory.cache(
      async (x: number) => {
        await sleep(seconds * 1000);
        return x;
      },
      { name: `f${next++}`, module: "m", track: "none" },
    );
    const made: string[] = [];
    for (const x of [1, 2, 3]) {
      const { requests } = await requestsOf(async () => {
        await f(x);
        await memory.flush();
      });
      made.push(operations(requests));
    }
    return made;
  };
  const bare = "GetObject PutObject";
  const leased = "GetObject PutObject GetObject PutObject DeleteObjects";
  assert.equal(await requestsWith(0), [leased, bare, bare]);
  assert.equal(await requestsWith(1.1), [leased, leased, leased]);
  assert.equal(await requestsWith(0, true), [leased, leased, leased]);
  assert.equal(await requestsWith(1.1, false), [bare, bare, bare]);
});

test("four clients that ask for one result compute it once", async () => {
  const options = optionsOf();
  let calls = 0;
  const results = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const memory = new Memory(new S3Store(options), { verbose: 0 });
      const f = memory.cache(
        async (x: number) => {
          calls++;
          await sleep(1500);
          return new Float64Array([x, calls]);
        },
        { name: "f", module: "m", track: "none" },
      );
      const result = await f(1);
      await memory.flush();
      return result;
    }),
  );
  assert.is(calls, 1);
  for (const result of results) assert.equal([...result], [1, 1]);
});

test.run();
