/**
 * What is kept about a call besides its value.
 *
 * @module
 */

import { describe } from "../../describe.ts";
import type { Filter } from "../../format/filter.ts";
import type { SidecarFile } from "../../format/record.ts";
import type { Encoded } from "../../format/value.ts";
import { VERSION } from "../../version.ts";
import type { PartedKey } from "./entries.ts";

/** An array of a result, in short. */
export interface ArraySummary {
  /** The class of the value, such as `Float64Array`. */
  readonly className: string;
  /** The NumPy descriptor of its elements, such as `<f8`. */
  readonly descr: string;
  /** Elements along each axis. */
  readonly shape: readonly number[];
  /** Which axis runs fastest: the last (`C`) or the first (`F`). */
  readonly order: "C" | "F";
  /** Bytes of its elements. */
  readonly bytes: number;
  /** How it is compressed; missing where it is stored as it is. */
  readonly compressed?: CompressedSummary;
}

/** What is known of an array that is stored compressed. */
export interface CompressedSummary {
  /** Bytes of its file. */
  readonly bytes: number;
  /** What was done to its bytes first. */
  readonly filter: Filter;
  /** The level of zstd. */
  readonly level: number;
}

/** Where the time of a call went, in seconds. */
export interface Timings {
  /** Hashing the arguments; 0 where the key of an equal call was kept. */
  readonly hash: number;
  /** Running the function. */
  readonly compute: number;
  /** Writing the value. */
  readonly store: number;
}

/** What is kept about a call. Durations are in seconds. */
export interface Metadata {
  /** How long the function ran. */
  readonly duration: number;
  /** When the function returned, in seconds since 1970. */
  readonly time: number;
  /** A bounded text for each argument, as it was when the call was made. */
  readonly inputArgs: readonly string[];
  /** `<module>#<name>` of the function. */
  readonly functionId: string;
  /** Digest of the function's code. */
  readonly codeId: string;
  /** Digest of the arguments. */
  readonly argsId: string;
  /** Bytes of the value: of its arrays, uncompressed, and of everything else. */
  readonly bytes: number;
  /** The arrays in the value. */
  readonly arrays: readonly ArraySummary[];
  /** Where the time went. */
  readonly timings: Timings;
  /** The version of ndmemo that wrote the entry. */
  readonly ndmemo: string;
  /** The version of Node that wrote the entry. */
  readonly node: string;
}

/** A call as it was made: taken down before the function can change its arguments. */
export interface CallRecord {
  readonly key: PartedKey;
  readonly inputArgs: readonly string[];
  readonly hashSeconds: number;
}

/** Takes down a call; the text of each argument is bounded, whatever its size. */
export function recordCall(
  key: PartedKey,
  args: readonly unknown[],
  hashSeconds: number,
): CallRecord {
  return { key, inputArgs: args.map(describe), hashSeconds };
}

/** The metadata of a call that returned. */
export function metadataOf(
  call: CallRecord,
  compute: { readonly seconds: number; readonly time: number },
  store: { readonly seconds: number; readonly encoded: Encoded | undefined },
): Metadata {
  const { functionId, codeId, argsId } = call.key;
  const { value, arrays, inline = [] } = store.encoded ?? { value: undefined, arrays: [] };
  const parts: readonly (Omit<ArraySummary, "compressed"> & Pick<SidecarFile, "compressed">)[] = [
    ...arrays,
    ...inline,
  ];
  const summaries = parts.map(({ className, descr, shape, order, bytes, compressed }) => {
    const summary = { className, descr, shape, order, bytes };
    if (!compressed) return summary;
    const { filter, level } = compressed;
    return { ...summary, compressed: { bytes: compressed.bytes, filter, level } };
  });
  return {
    duration: compute.seconds,
    time: compute.time,
    inputArgs: call.inputArgs,
    functionId,
    codeId,
    argsId,
    bytes: arrays.reduce((sum, { bytes }) => sum + bytes, sizeOf(value)),
    arrays: summaries,
    timings: { hash: call.hashSeconds, compute: compute.seconds, store: store.seconds },
    ndmemo: VERSION,
    node: process.versions.node,
  };
}

/** Bytes of the files of a value, as far as its metadata tells: arrays count as they are stored. */
export function storedBytes({ bytes, arrays }: Metadata): number {
  return arrays.reduce((sum, { bytes: raw, compressed }) => {
    return compressed ? sum - raw + compressed.bytes : sum;
  }, bytes);
}

function sizeOf(value: Encoded["value"] | undefined): number {
  if (value === undefined || "array" in value) return 0;
  return "file" in value ? value.bytes : JSON.stringify(value).length;
}
