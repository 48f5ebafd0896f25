/**
 * The service that tests of the S3 store use: the one that `npm run test:s3` starts, or that the
 * environment names.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { S3Request, S3StoreOptions } from "../../lib/s3.ts";
import { S3Store } from "../../lib/s3.ts";

/** The addresses of its gateways; the first one is the usual one. */
export const endpoints: readonly string[] = (process.env["NDMEMO_S3_ENDPOINT"] ?? "")
  .split(" ")
  .filter((endpoint) => endpoint !== "");

/** How the store is made, in a place of its own. */
export function optionsOf(options: Partial<S3StoreOptions> = {}): S3StoreOptions {
  const [endpoint = ""] = endpoints;
  return {
    bucket: process.env["NDMEMO_S3_BUCKET"] ?? "",
    prefix: `test/${randomUUID()}`,
    ...(options.client === undefined && {
      endpoint,
      credentials: {
        accessKeyId: process.env["AWS_ACCESS_KEY_ID"] ?? "",
        secretAccessKey: process.env["AWS_SECRET_ACCESS_KEY"] ?? "",
      },
    }),
    ...options,
  };
}

/** A store in a place of its own. */
export function newStore(options: Partial<S3StoreOptions> = {}): S3Store {
  return new S3Store(optionsOf(options));
}

/** Runs something and returns the requests that it made. */
export async function requestsOf<T>(
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly requests: readonly S3Request[] }> {
  const requests: S3Request[] = [];
  const listener = (request: unknown): void => void requests.push(request as S3Request);
  subscribe("ndmemo:s3", listener);
  try {
    return { result: await run(), requests };
  } finally {
    unsubscribe("ndmemo:s3", listener);
  }
}

/** The operations of requests, as text. */
export function operations(requests: readonly S3Request[]): string {
  return requests.map(({ operation }) => operation).join(" ");
}
