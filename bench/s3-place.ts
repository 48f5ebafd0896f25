/**
 * The bucket that benchmarks use: the environment names it.
 *
 * @module
 */

import { randomUUID } from "node:crypto";

/** Elements of an array of 256 MiB. */
export const LENGTH_256_MIB: number = 2 ** 25;

/** Where a benchmark keeps its objects. */
export interface BucketPlace {
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A place of its own in the bucket. */
export function optionsOfBucket(): BucketPlace {
  return {
    endpoint: process.env["NDMEMO_S3_ENDPOINT"]?.split(" ")[0] ?? "",
    bucket: process.env["NDMEMO_S3_BUCKET"] ?? "",
    prefix: `bench/${randomUUID()}`,
    credentials: {
      accessKeyId: process.env["AWS_ACCESS_KEY_ID"] ?? "",
      secretAccessKey: process.env["AWS_SECRET_ACCESS_KEY"] ?? "",
    },
  };
}

/** Numbers that no compression makes much smaller. */
export function smooth(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin(i / 1000));
}
