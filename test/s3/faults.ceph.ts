/**
 * Faults of a real service: three storage daemons, two gateways, and what becomes of them.
 *
 * @module
 */

import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { S3StoreOptions } from "../../lib/s3.ts";
import { sameArray } from "../helpers/assert.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { Ceph } from "./ceph.ts";
import { counted, ramp } from "./counted.ts";
import { foreign } from "./foreign.ts";
import { requestsOf } from "./place.ts";
import type { Report } from "./storm.ts";

const LARGE = 6_000_000;
const ceph = await Ceph.start({ osds: 3, gateways: 2 });
let places = 0;

function optionsOn(gateway: number, options: Partial<S3StoreOptions> = {}): S3StoreOptions {
  const [endpoint = "", other = ""] = ceph.endpoints;
  return {
    ...{ bucket: ceph.bucket, prefix: `faults/${places++}` },
    endpoint: gateway === 0 ? endpoint : other,
    ...{ credentials: ceph.user, timeout: 3000, patience: 30_000 },
    ...options,
  };
}

test("a gateway that is killed while it sends a body costs another request", async () => {
  const options = optionsOn(0);
  const { f, settled, counts } = counted(options);
  await settled(LARGE);
  const { result, requests } = await requestsOf(async () => {
    const loading = f(LARGE);
    await sleep(60);
    await ceph.kill("rgw0");
    await ceph.revive("rgw0");
    return await loading;
  });
  sameArray(result, ramp(LARGE));
  assert.ok(requests.some(({ error }) => error !== undefined));
  assert.is(counts.calls, 1);
});

test("a gateway that is killed while it takes a body costs another request", async () => {
  const { f, memory, counts } = counted(optionsOn(0));
  const { requests, result } = await requestsOf(() =>
    withWarnings(async () => {
      const storing = f(LARGE);
      await sleep(150);
      await ceph.kill("rgw0");
      await sleep(500);
      await ceph.revive("rgw0");
      await storing;
      await memory.flush();
    }),
  );
  assert.ok(requests.some(({ error }) => error !== undefined));
  assert.equal(
    result.warnings.map(({ message }) => message),
    [],
  );
  sameArray(await f(LARGE), ramp(LARGE));
  assert.is(counts.calls, 1);
});

test("what is stored through one gateway is found through the other, also with a daemon less", async () => {
  const [one, other] = [optionsOn(0), optionsOn(1)];
  const writer = counted(one);
  const reader = counted({ ...other, prefix: one.prefix });
  await writer.settled(1000);
  await ceph.kill("osd2");
  try {
    for (let i = 0; i < 20; i++) {
      await writer.settled(20_000 + i);
      sameArray(await reader.f(20_000 + i), ramp(20_000 + i));
    }
    assert.is(reader.counts.calls, 0);
  } finally {
    await ceph.revive("osd2");
  }
});

test("storage that stands still costs a wait and a warning, and no value", async () => {
  const options = optionsOn(0, { timeout: 1000, attempts: 2, patience: 2000 });
  const { settled, counts } = counted(options);
  await settled(1000);
  for (let i = 0; i < 3; i++) ceph.pause(`osd${i}`);
  try {
    const { result, warnings } = await withWarnings(() => settled(1000));
    sameArray(result, ramp(1000));
    assert.is(warnings[0]?.code, "ETIMEDOUT");
  } finally {
    for (let i = 0; i < 3; i++) ceph.resume(`osd${i}`);
  }
  assert.is(counts.calls, 2);
  const later = counted(options);
  sameArray(await later.f(1000), ramp(1000));
  assert.is(later.counts.calls, 0);
});

test("a gateway that stands still is left for as long as it does", async () => {
  const options = optionsOn(0, { timeout: 1000, attempts: 1, patience: 20_000 });
  const { f, memory, counts } = counted(options);
  await f(1);
  ceph.pause("rgw0");
  try {
    const { warnings } = await withWarnings(async () => void (await f(2)));
    assert.is(warnings[0]?.code, "ETIMEDOUT");
  } finally {
    ceph.resume("rgw0");
  }
  await memory.flush();
  assert.is(counts.calls, 2);
});

test("a user that is suspended, and one whose quota is used up, get their values", async () => {
  const credentials = await ceph.addUser("other");
  const { client } = foreign(optionsOn(0));
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        ...{ Effect: "Allow", Principal: { AWS: ["arn:aws:iam:::user/other"] } },
        Action: ["s3:GetObject", "s3:ListBucket"],
        Resource: [`arn:aws:s3:::${ceph.bucket}`, `arn:aws:s3:::${ceph.bucket}/*`],
      },
    ],
  };
  const input = { Bucket: ceph.bucket, Policy: JSON.stringify(policy) };
  await client.send(new PutBucketPolicyCommand(input));
  const options = optionsOn(0);
  const writer = counted(options);
  await writer.settled(20_000);

  const reader = counted({ ...options, credentials });
  const readOnly = await withWarnings(async () => {
    sameArray(await reader.settled(20_000), ramp(20_000));
    for (let i = 0; i < 3; i++) sameArray(await reader.settled(i), ramp(i));
  });
  assert.is(reader.counts.calls, 3);
  assert.equal(
    readOnly.warnings.map(({ code }) => code),
    ["AccessDenied"],
  );

  await ceph.admin("user", "suspend", "--uid=other");
  try {
    const suspended = counted({ ...options, credentials });
    const { result, warnings } = await withWarnings(() => suspended.settled(20_000));
    sameArray(result, ramp(20_000));
    assert.is(warnings[0]?.code, "UserSuspended");
  } finally {
    await ceph.admin("user", "enable", "--uid=other");
  }

  const quota = ["--quota-scope=bucket", `--bucket=${ceph.bucket}`];
  await ceph.admin("quota", "set", ...quota, "--max-objects=1", "--uid=test");
  await ceph.admin("quota", "enable", ...quota, "--uid=test");
  try {
    const full = counted(options);
    const { warnings } = await withWarnings(async () => {
      for (let i = 5; i < 8; i++) sameArray(await full.settled(i), ramp(i));
      sameArray(await full.settled(20_000), ramp(20_000));
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["QuotaExceeded"],
    );
    assert.is(full.counts.calls, 3);
  } finally {
    await ceph.admin("quota", "disable", ...quota, "--uid=test");
  }
});

test("a clock that is wrong by hours is no hindrance", async () => {
  const options = optionsOn(0);
  const { client } = foreign(options);
  client.config.systemClockOffset = 5 * 3_600_000;
  const { endpoint: _, credentials: __, ...rest } = options;
  const { settled, f, counts } = counted({ ...rest, client });
  await settled(20_000);
  await f(20_000);
  assert.is(counts.calls, 1);
});

test("eight processes on two gateways lose nothing that was stored while daemons die", async () => {
  const options = ceph.endpoints.map((_, gateway) => optionsOn(gateway, { timeout: 5000 }));
  const prefix = options[0]?.prefix ?? "";
  const script = fileURLToPath(new URL("storm.ts", import.meta.url));
  const reports = Array.from({ length: 8 }, async (_, number): Promise<Report> => {
    const given = { ...options[number % 2], prefix };
    const args = [JSON.stringify(given), `${number}`];
    const child = fork(script, args, {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "inherit", "ignore", "ipc"],
    });
    const [report] = (await once(child, "message")) as [Report];
    await once(child, "exit");
    return report;
  });
  const all = Promise.all(reports);
  let isOver = false;
  void all.finally(() => {
    isOver = true;
  });
  const victims = ["osd0", "rgw0", "osd1", "rgw1", "osd2"];
  for (let i = 0; !isOver; i++) {
    const victim = victims[i % victims.length] ?? "";
    await sleep(2500);
    await ceph.kill(victim);
    await sleep(1500);
    await ceph.revive(victim);
  }
  const found = await all;
  assert.is(
    found.reduce((sum, { wrong }) => sum + wrong, 0),
    0,
  );
  const stored = new Set(found.flatMap((report) => report.stored));
  const { f, counts } = counted({ ...optionsOn(0), prefix });
  for (const length of stored) sameArray(await f(length), ramp(length));
  assert.is(counts.calls, 0, "results that were stored are lost");
  assert.ok(stored.size > 150, `${stored.size}`);
});

test("the cluster stops", () => ceph.stop());

test.run();
