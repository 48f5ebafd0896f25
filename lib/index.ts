/**
 * A disk cache of function results made for numeric arrays.
 *
 * @packageDocumentation
 */

export type { TypedArray } from "./array/dtype.ts";
export type { StdlibNdarray } from "./array/stdlib-type.ts";
export type { Outcome } from "./call/calls.ts";
export type { EntriesOptions, EntryInfo, Listing } from "./call/entries/entry-info.ts";
export type {
  ArraySummary,
  CompressedSummary,
  Metadata,
  Timings,
} from "./call/entries/metadata.ts";
export type {
  CallEvent,
  CallName,
  EvictedEvent,
  HitEvent,
  MissEvent,
  MissReason,
  StoredEvent,
} from "./call/events.ts";
export { expiresAfter } from "./call/expiry.ts";
export type { Difference, Explanation, NearEntry } from "./call/explain.ts";
export type { Later, MemorizedFunc, MemorizedFuncMembers, Result } from "./call/memorized-func.ts";
export {
  MemorizedResult,
  type MemorizedResultData,
  NotMemorizedResult,
  type Shelved,
} from "./call/memorized-result.ts";
export type { Location, MemoryOptions, ShapeOf } from "./call/memory-options.ts";
export type { Limits, ReduceOptions } from "./call/reduction.ts";
export type {
  AnyFunction,
  CacheOptions,
  ClearOptions,
  OnMiss,
  SharedOptions,
} from "./call/settings.ts";
export type { Answer, Shape } from "./call/shape.ts";
export type { Counts, FunctionStats, MemoryStats } from "./call/stats.ts";
export type {
  Damage,
  ForeignFile,
  FoundEntry,
  Verification,
  VerifyOptions,
} from "./call/verify/verify.ts";
export {
  CacheError,
  type CacheErrorCode,
  type CacheErrorDetails,
  type CacheErrorOf,
  isCacheError,
} from "./errors.ts";
export type { Verify } from "./file/array-file.ts";
export { type DumpOptions, dump } from "./file/dump.ts";
export type {
  ArrayOfDtype,
  ArrayOrder,
  BytesOf,
  ComplexNumber,
  EmptyArray,
  EmptyDtype,
  NdarrayOf,
} from "./file/empty.ts";
export { type LoadFileOptions, load } from "./file/load.ts";
export type { StridedArray } from "./file/npy-file.ts";
export { type Releasable, release } from "./file/release.ts";
export type { Compress, CompressOptions } from "./format/compression.ts";
export type { Filter } from "./format/filter.ts";
export type { ArrayFormat } from "./format/value.ts";
export type { LeftOut, Track } from "./hash/code/code.ts";
export { type HashOptions, hash } from "./hash/hash.ts";
export type { Logger } from "./log.ts";
export { type Answered, type Cacher, Memory, type MethodContext } from "./memory.ts";
export {
  type BackendEntry,
  type BackendFile,
  type BackendLock,
  type ExpectedFile,
  type ListedEntry,
  type LockOwner,
  StoreBackend,
  type TakenLock,
} from "./store/backend.ts";
export type { Duration } from "./store/duration.ts";
export type { EntryKey } from "./store/layout.ts";
export type { Reduction } from "./store/limits/reduce.ts";
export type { Tally } from "./store/limits/size-limits.ts";
export type { MmapMode } from "./store/map/mapping.ts";
export { registerStoreBackend, type StoreBackendClass } from "./store/registry.ts";
export type { Measured } from "./tune/measure.ts";
export type { Conditions, Recommendation, TunedArray, TuneRow, Way } from "./tune/result.ts";
export type { TuneSource } from "./tune/sources.ts";
export { type TuneOptions, type TuneProgress, tune } from "./tune/tune.ts";
export { TuneResult } from "./tune/tune-result.ts";
export { type ClassOf, registerType, type TypeCodec } from "./type/registry.ts";
