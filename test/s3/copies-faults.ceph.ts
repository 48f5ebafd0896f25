/**
 * Copies on this machine while the service is away: a gateway is killed.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { S3StoreOptions } from "../../lib/s3.ts";
import { sameArray } from "../helpers/assert.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { Ceph } from "./ceph.ts";
import { counted, ramp } from "./counted.ts";
import { requestsOf } from "./place.ts";

const LARGE = 1_000_000;
const ceph = await Ceph.start({ gateways: 2 });
let places = 0;

function optionsWith(cacheDir: string, others: Partial<S3StoreOptions> = {}): S3StoreOptions {
  const [endpoint = ""] = ceph.endpoints;
  return {
    ...{ bucket: ceph.bucket, prefix: `away/${places++}`, endpoint, credentials: ceph.user },
    ...{ timeout: 1000, attempts: 2, patience: 0, cacheDir, ...others },
  };
}

const cached = (options: S3StoreOptions) => counted(options, { mmapMode: "r" });

test("a copy that is to be looked after is used while the service is away, and looked after again", () =>
  withTmp(async (cacheDir) => {
    const options = optionsWith(cacheDir, { revalidate: true });
    const { settled, counts } = cached(options);
    await settled(LARGE);
    await settled(10);
    await ceph.kill("rgw0");
    try {
      const { warnings, result } = await withWarnings(async () => {
        // The first one asks and waits, the others know.
        for (let i = 0; i < 3; i++) sameArray(await settled(LARGE), ramp(LARGE));
        sameArray(await settled(10), ramp(10));
        // Another process on the machine, with nothing in its memory.
        const other = cached(options);
        const seen = await requestsOf(() => other.f(LARGE));
        sameArray(seen.result, ramp(LARGE));
        return other.counts.calls + seen.requests.filter(({ status }) => status).length;
      });
      assert.is(result, 0);
      assert.is(counts.calls, 2);
      assert.equal([...new Set(warnings.map(({ code }) => code))], ["ECONNREFUSED"]);
      assert.match(String(warnings[0]?.message), /cannot be asked, copies are used: GetObject of/);
    } finally {
      await ceph.revive("rgw0");
    }
    const again = cached(options);
    const { result, requests } = await requestsOf(() => again.f(LARGE));
    sameArray(result, ramp(LARGE));
    assert.equal(
      requests.map(({ status }) => status),
      [304],
    );
    // What was removed meanwhile is seen.
    const elsewhere = cached({ ...options, endpoint: ceph.endpoints[1] });
    await elsewhere.f.forget(LARGE);
    await again.settled(LARGE);
    assert.is(again.counts.calls, 1);
  }));

test("a copy that is not looked after needs no service, and what has none is computed", () =>
  withTmp(async (cacheDir) => {
    const options = optionsWith(cacheDir);
    await cached(options).settled(LARGE);
    await ceph.kill("rgw0");
    try {
      const { f, settled, counts } = cached(options);
      const hit = await withWarnings(() => requestsOf(() => f(LARGE)));
      sameArray(hit.result.result, ramp(LARGE));
      assert.equal([hit.result.requests, hit.warnings, counts.calls], [[], [], 0]);
      const miss = await withWarnings(async () => sameArray(await settled(10), ramp(10)));
      assert.is(counts.calls, 1);
      assert.equal([...new Set(miss.warnings.map(({ code }) => code))], ["ECONNREFUSED"]);
    } finally {
      await ceph.revive("rgw0");
    }
  }));

test("the cluster stops", () => ceph.stop());

test.run();
