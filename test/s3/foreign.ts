/**
 * What somebody else does in the bucket, with the SDK alone.
 *
 * @module
 */

import * as sdk from "@aws-sdk/client-s3";
import type { S3StoreOptions } from "../../lib/s3.ts";

/** Access to a bucket. */
export interface Foreign {
  readonly client: sdk.S3Client;
  /** The names of all objects below the prefix of the store. */
  names(): Promise<string[]>;
  get(name: string): Promise<{ body: Uint8Array; metadata: Record<string, string> }>;
  put(name: string, body: Uint8Array, metadata?: Record<string, string>): Promise<void>;
  beginUpload(name: string): Promise<void>;
}

/** Access to the bucket of a store, beside it. */
export function foreign({ bucket: Bucket, prefix = "", ...options }: S3StoreOptions): Foreign {
  const client = new sdk.S3Client({
    endpoint: options.endpoint ?? "",
    ...{ region: "us-east-1", forcePathStyle: true },
    ...(options.credentials && { credentials: options.credentials }),
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  return {
    client,
    async names(): Promise<string[]> {
      const input = { Bucket, Prefix: `${prefix}/` };
      const { Contents = [] } = await client.send(new sdk.ListObjectsV2Command(input));
      return Contents.map(({ Key = "" }) => Key);
    },
    async get(Key: string) {
      const { Body, Metadata } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }));
      const body = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return { body, metadata: Metadata ?? {} };
    },
    async put(Key: string, Body: Uint8Array, Metadata: Record<string, string> = {}): Promise<void> {
      await client.send(new sdk.PutObjectCommand({ Bucket, Key, Body, Metadata }));
    },
    async beginUpload(Key: string): Promise<void> {
      await client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key }));
    },
  };
}
