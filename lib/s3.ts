/**
 * A store of results in a bucket of an S3 service. Importing it registers the store as `"s3"`.
 *
 * @example
 * ```ts
 * import { Memory } from "ndmemo";
 * import { S3Store } from "ndmemo/s3";
 *
 * const memory = new Memory(new S3Store({ bucket: "results", prefix: "team" }));
 * ```
 *
 * @packageDocumentation
 */

import { registerStoreBackend } from "./store/registry.ts";
import { S3Store } from "./store/s3/store.ts";

export { S3Error } from "./store/s3/fault.ts";
export type { CacheLimits, S3BackendOptions, S3StoreOptions } from "./store/s3/options.ts";
export type { S3Request } from "./store/s3/requests.ts";
export { S3Store };

registerStoreBackend("s3", S3Store);
