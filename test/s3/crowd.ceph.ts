/**
 * A bucket with very many objects of others before, beside and behind the prefix: what is asked for
 * does not grow with them, and none of them is touched.
 *
 * `NDMEMO_S3_CROWD` says how many there are; `npm run test:s3` takes 100,000.
 *
 * @module
 */

import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { S3Store } from "../../lib/s3.ts";
import { foreign } from "./foreign.ts";
import { operations, optionsOf, requestsOf } from "./place.ts";
import { plainPut } from "./plain-put.ts";

const CROWD = Number(process.env["NDMEMO_S3_CROWD"] ?? 1500);
const ENTRIES = 12;
const options = optionsOf();
const { prefix = "", bucket: Bucket } = options;
const others = foreign(options);

/** Where others keep theirs: next to everything that a prefix could be cut to. */
const places = [
  `${prefix}-`,
  `${prefix}/a/`,
  `${prefix}/ndmemo`,
  `${prefix}/ndmemo/v0/`,
  `${prefix}/ndmemo/v1.`,
  `${prefix}/ndmemo/v2/`,
  `${prefix}/ndmemo0/`,
  `${prefix}/z/`,
  `${prefix}~/`,
];

async function countOthers(): Promise<number> {
  let count = 0;
  let at: string | undefined;
  do {
    const input = { Bucket, Prefix: prefix, ...(at !== undefined && { ContinuationToken: at }) };
    const page = await others.client.send(new ListObjectsV2Command(input));
    for (const { Key = "" } of page.Contents ?? []) {
      if (!Key.startsWith(`${prefix}/ndmemo/v1/`)) count++;
    }
    at = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (at !== undefined);
  return count;
}

test(`beside ${CROWD} objects of others everything takes as many requests as alone`, async () => {
  const names = Array.from({ length: CROWD }, (_, i) => `${places[i % places.length]}${i}`);
  await plainPut(options, names);
  for (const place of places) await others.beginUpload(`${place}upload`);

  const store = new S3Store(options);
  const memory = new Memory(store, { verbose: 0, lock: false });
  const f = memory.cache((x: number) => new Float64Array(20_000).fill(x), {
    ...{ name: "f", module: "m", track: "none" },
  });
  await Promise.all(Array.from({ length: ENTRIES }, (_, i) => f(i)));
  await memory.flush();

  /** What was asked for, all of it below the prefix. */
  const asked = async (work: () => unknown): Promise<string> => {
    const { requests } = await requestsOf(async () => void (await work()));
    for (const { name } of requests) assert.ok(name.startsWith(`${prefix}/ndmemo/v1/`), name);
    return operations(requests);
  };
  const all = async (listed: AsyncIterable<unknown>): Promise<void> => {
    let count = 0;
    for await (const _ of listed) count++;
    assert.is(count, ENTRIES);
  };
  const sweeping = "ListObjectsV2 ListMultipartUploads";
  assert.is(await asked(() => all(store.list())), "ListObjectsV2");
  assert.is(await asked(() => memory.stats()), "ListObjectsV2");
  assert.is(
    await asked(() => all(memory.entries())),
    `ListObjectsV2${" GetObject".repeat(ENTRIES)}`,
  );
  const ofEntry = " GetObject HeadObject GetObject HeadObject GetObject";
  assert.is(
    await asked(() => memory.verify({ repair: true })),
    `ListObjectsV2${ofEntry.repeat(ENTRIES)} ${sweeping}`,
  );
  assert.is(
    await asked(() => memory.reduceSize({ itemsLimit: ENTRIES - 4 })),
    `ListObjectsV2 DeleteObjects DeleteObjects ${sweeping}`,
  );
  assert.is(await asked(() => f.clear({ warn: false })), "ListObjectsV2 DeleteObjects");
  assert.is(await asked(() => memory.clear({ warn: false })), "ListObjectsV2");
  assert.is(await countOthers(), CROWD);
});

test.run();
