/**
 * Credentials that allow little: what they allow works, the rest is said once, and no value is lost.
 *
 * @module
 */

import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { S3Error, S3Store, type S3StoreOptions } from "../../lib/s3.ts";
import { ndmemo, type Run } from "../cli/run.ts";
import { rejects, sameArray } from "../helpers/assert.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { Ceph } from "./ceph.ts";
import { foreign } from "./foreign.ts";
import { operations, requestsOf } from "./place.ts";

const ceph = await Ceph.start();
const [endpoint = ""] = ceph.endpoints;
const owner: S3StoreOptions = {
  ...{ bucket: ceph.bucket, prefix: "rights", endpoint, credentials: ceph.user },
};
const reader: S3StoreOptions = { ...owner, credentials: await ceph.addUser("reader") };

/** Allows the reader some actions, and nothing else. */
async function allow(...Action: readonly string[]): Promise<void> {
  const Resource = [`arn:aws:s3:::${ceph.bucket}`, `arn:aws:s3:::${ceph.bucket}/*`];
  const Principal = { AWS: ["arn:aws:iam:::user/reader"] };
  const Statement = [{ Effect: "Allow", Principal, Action, Resource }];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await foreign(owner).client.send(new PutBucketPolicyCommand({ Bucket: ceph.bucket, Policy }));
}

function cached(options: S3StoreOptions, lock?: boolean) {
  const counts = { calls: 0 };
  const memory = new Memory(new S3Store(options), {
    verbose: 0,
    ...(lock !== undefined && { lock }),
    ...(options.cacheDir !== undefined && { mmapMode: "r" as const }),
  });
  const f = memory.cache(
    (length: number) => {
      counts.calls++;
      return Float64Array.from({ length }, (_, i) => i / 3);
    },
    { name: "f", module: "m", track: "none" },
  );
  const settled = async (length: number): Promise<number> => {
    const result = await f(length);
    sameArray(
      result,
      Float64Array.from({ length }, (_, i) => i / 3),
    );
    await memory.flush();
    return counts.calls;
  };
  return { f, counts, memory, settled };
}

const [SMALL, LARGE] = [10, 20_000];
const stored = cached(owner, false);
for (const length of [SMALL, LARGE]) await stored.settled(length);

test("who may only read has hits, and results that are not there, with one warning", async () => {
  await allow("s3:GetObject", "s3:ListBucket");
  for (const lock of [undefined, true, false]) {
    // Every use would be recorded, if that were allowed.
    const { settled, memory, counts } = cached({ ...reader, useResolution: 0 }, lock);
    const { warnings } = await withWarnings(async () => {
      for (const length of [SMALL, LARGE, SMALL]) await settled(length);
      assert.is(counts.calls, 0);
      for (const length of [11, 20_001, 12]) await settled(length);
    });
    assert.is(counts.calls, 3);
    assert.equal(
      warnings.map(({ code }) => code),
      ["AccessDenied"],
    );
    assert.match(
      String(warnings[0]?.message),
      /could not be cached.*: .*credentials do not allow it/,
    );
    assert.is((await memory.stats()).items, 2);
    assert.is((await memory.verify()).damaged.length, 0);
  }
});

test("who may only read keeps copies of what was there, and of what was computed", () =>
  withTmp(async (cacheDir) => {
    await allow("s3:GetObject", "s3:ListBucket");
    const { settled, counts } = cached({ ...reader, cacheDir });
    const { warnings } = await withWarnings(async () => {
      for (const length of [LARGE, 20_001]) await settled(length);
    });
    assert.is(warnings.length, 1);
    assert.is(counts.calls, 1);
    const again = cached({ ...reader, cacheDir });
    const { requests } = await requestsOf(async () => {
      for (const length of [LARGE, 20_001]) await again.settled(length);
    });
    assert.equal([operations(requests), again.counts.calls], ["", 0]);
  }));

test("who may not remove is told what is not allowed, and nothing is removed", async () => {
  await allow("s3:GetObject", "s3:ListBucket");
  const { memory, f } = cached(reader);
  for (const work of [
    () => memory.reduceSize({ itemsLimit: 0 }),
    () => memory.clear({ warn: false }) as Promise<void>,
    () => f.forget(SMALL),
  ]) {
    await rejects(Promise.resolve(work()), "AccessDenied");
    const error: unknown = await Promise.resolve(work()).catch((reason: unknown) => reason);
    assert.instance(error, S3Error);
    assert.match(
      String(error),
      /DeleteObjects of s3:\/\/.*403 AccessDenied. The credentials do not allow it/,
    );
  }
  assert.is((await stored.memory.stats()).items, 2);
});

test("who may not list gets values, and is told what is missing", async () => {
  await allow("s3:GetObject", "s3:PutObject");
  const { settled, memory } = cached(reader, false);
  assert.is(await settled(LARGE), 0);
  await rejects(memory.stats(), "AccessDenied");
  const { warnings } = await withWarnings(() => settled(13));
  for (const { code } of warnings) assert.is(code, "AccessDenied");
});

test("who may do nothing gets values, and the command says why it lists none", async () => {
  await allow("s3:GetBucketLocation");
  const { settled } = cached(reader);
  const { warnings, result } = await withWarnings(() => settled(LARGE));
  assert.is(result, 1);
  assert.is(warnings[0]?.code, "AccessDenied");
  const before = { ...process.env };
  let run: Run;
  try {
    const { accessKeyId, secretAccessKey } = reader.credentials as typeof ceph.user;
    process.env["AWS_ENDPOINT_URL"] = endpoint;
    process.env["AWS_ACCESS_KEY_ID"] = accessKeyId;
    process.env["AWS_SECRET_ACCESS_KEY"] = secretAccessKey;
    run = ndmemo(["ls", `s3://${owner.bucket}/rights`]);
  } finally {
    process.env = before;
  }
  assert.is(run.status, 1);
  assert.match(
    run.stderr,
    /^ndmemo: ListObjectsV2 of .*403 AccessDenied.*credentials do not allow/,
  );
});

test("the cluster stops", () => ceph.stop());

test.run();
