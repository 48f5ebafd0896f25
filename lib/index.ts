/**
 * A disk cache of function results made for numeric arrays.
 *
 * @packageDocumentation
 */

export type { TypedArray } from "./array/dtype.ts";
export type { AnyFunction, Outcome } from "./call/cached-calls.ts";
export type { MemorizedFunc, MemorizedFuncMembers, Recomputed } from "./call/memorized-func.ts";
export type { ArraySummary, Metadata, Timings } from "./call/metadata.ts";
export type { CacheOptions, ClearOptions, SharedOptions } from "./call/settings.ts";
export {
  CacheError,
  type CacheErrorCode,
  type CacheErrorDetails,
  isCacheError,
} from "./errors.ts";
export type { Verify } from "./file/array-file.ts";
export { dump } from "./file/dump.ts";
export { type LoadFileOptions, load } from "./file/load.ts";
export type { StridedArray } from "./file/npy-file.ts";
export { release } from "./file/release.ts";
export type { Track } from "./hash/code.ts";
export { type HashOptions, hash } from "./hash/hash.ts";
export type { Logger } from "./log.ts";
export { type Cacher, Memory, type MemoryOptions, type MethodContext } from "./memory.ts";
export type { MmapMode } from "./store/mapping.ts";
