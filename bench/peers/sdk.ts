/**
 * The same bytes moved by the SDK alone: `sdk.ts CASE DIRECTORY WARM_UP SAMPLES`, the measurement as JSON on stdout.
 * For the case of a copy on this machine, a local store.
 *
 * @module
 */

import assert from "node:assert";
import * as sdk from "@aws-sdk/client-s3";
import { Memory } from "ndmemo";
import { measure, type Prepared } from "../case.ts";
import { LENGTH_256_MIB, optionsOfBucket, smooth } from "../s3-place.ts";

const { endpoint, credentials, bucket: Bucket, prefix } = optionsOfBucket();
const client = new sdk.S3Client({
  ...{ endpoint, credentials, region: "us-east-1", forcePathStyle: true },
  requestChecksumCalculation: "WHEN_REQUIRED",
  responseChecksumValidation: "WHEN_REQUIRED",
});

async function put(Key: string, array: Float64Array): Promise<void> {
  const Body = new Uint8Array(array.buffer);
  await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body }));
}

async function get(Key: string): Promise<number> {
  const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToByteArray())?.byteLength ?? 0;
}

const works: Readonly<Record<string, (directory: string) => Prepared | Promise<Prepared>>> = {
  "s3-upload": () => {
    const array = smooth(LENGTH_256_MIB);
    return {
      run: (turn) => put(`${prefix}/${turn}`, array),
      async between(turn) {
        await client.send(new sdk.DeleteObjectCommand({ Bucket, Key: `${prefix}/${turn}` }));
      },
    };
  },
  "s3-download": async () => {
    await put(prefix, smooth(LENGTH_256_MIB));
    return { run: async () => assert.equal(await get(prefix), LENGTH_256_MIB * 8) };
  },
  "s3-hit": async () => {
    await put(prefix, smooth(1000));
    return { run: async () => assert.equal(await get(prefix), 8000) };
  },
  "s3-copy": (directory) => {
    const memory = new Memory(directory, { verbose: 0, lock: false, mmapMode: "r" });
    const array = smooth(LENGTH_256_MIB);
    const large = memory.cache((_turn: number) => array, {
      ...{ name: "large", module: "bench.ts", track: "none" },
    });
    large(0);
    return { run: () => assert.equal(large(0).length, LENGTH_256_MIB) };
  },
};

const [name = "", directory = "", warmUp, samples] = process.argv.slice(2);
const prepare = works[name];
if (!prepare) throw new Error(`No case is called ${name}`);
const counts = { warmUp: Number(warmUp), samples: Number(samples) };
console.log(JSON.stringify(await measure({ prepare }, counts, directory)));
