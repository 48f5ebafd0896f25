/**
 * The contract of stores, kept by a store in a bucket: alone, with copies on this machine, and with
 * parts so small that everything goes in many.
 *
 * @module
 */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { S3Store, type S3StoreOptions } from "../../lib/s3.ts";
import { type StoreUnderTest, storeContract } from "../../lib/testing.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { optionsOf } from "./place.ts";

function inBucket(given: Partial<S3StoreOptions>): StoreUnderTest {
  const options = optionsOf(given);
  const store = new S3Store(options);
  return { store, reopen: () => new S3Store(options), dispose: () => store.clear() };
}

/** Each instance has copies of its own, as on machines of their own. */
function withCopies(given: Partial<S3StoreOptions>): StoreUnderTest {
  const directories: string[] = [];
  const options = optionsOf(given);
  const open = (): S3Store => {
    const cacheDir = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-test-"));
    directories.push(cacheDir);
    return new S3Store({ ...options, cacheDir });
  };
  const store = open();
  return {
    store,
    reopen: open,
    async dispose() {
      await store.clear();
      for (const directory of directories) rmSync(directory, { recursive: true });
    },
  };
}

const ways: Readonly<Record<string, () => StoreUnderTest>> = {
  "a store in a bucket": () => inBucket({}),
  "a store in a bucket, with copies": () => withCopies({}),
  "a store in a bucket, with copies that are looked after": () => withCopies({ revalidate: true }),
  "a store in a bucket, with little memory": () =>
    inBucket({ partSize: "5M", bytesInFlight: "5M" }),
};

for (const [what, create] of Object.entries(ways)) {
  for (const { name, run } of storeContract({ create })) {
    test(`${what}: ${name}`, async () => void (await withWarnings(run)));
  }
}

test.run();
