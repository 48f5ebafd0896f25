/**
 * The manifest of an entry of a cached function: what is read of it anywhere has the type that it
 * should have.
 *
 * Its checksum tells of damage, not of who wrote it. So the caller's part, the key and the metadata,
 * is checked here as the rest is in `format/manifest.ts`.
 *
 * @module
 */

import { CacheError } from "../../errors.ts";
import { decodeManifest } from "../../format/manifest.ts";
import { isCount, isRecord } from "../../format/record.ts";
import type { EntryManifest } from "./entries.ts";

/**
 * The manifest in these bytes.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY`, `ERR_FORMAT_VERSION`.
 */
export function decodeEntryManifest(bytes: Buffer): EntryManifest {
  const manifest = decodeManifest(bytes);
  if (isKey(manifest.key) && isMetadata(manifest.metadata)) return manifest as EntryManifest;
  throw new CacheError("ERR_CORRUPT_ENTRY", "the manifest does not tell of a call");
}

/** Seconds since 1970 that a date can be. */
const LAST_TIME = 8.64e12;

function isKey(key: unknown): boolean {
  return isRecord(key) && hasIds(key) && isList(key["parts"], isText);
}

function isMetadata(metadata: unknown): boolean {
  if (!isRecord(metadata) || !hasIds(metadata)) return false;
  const { duration, time, inputArgs, bytes, arrays, timings, ndmemo, node } = metadata;
  return (
    Number.isFinite(duration) &&
    Number.isFinite(time) &&
    Math.abs(time as number) <= LAST_TIME &&
    isList(inputArgs, isText) &&
    isCount(bytes) &&
    isList(arrays, isSummary) &&
    isRecord(timings) &&
    Number.isFinite(timings["hash"]) &&
    Number.isFinite(timings["compute"]) &&
    Number.isFinite(timings["store"]) &&
    isText(ndmemo) &&
    isText(node)
  );
}

function isSummary(summary: unknown): boolean {
  if (!isRecord(summary)) return false;
  const { className, descr, shape, order, bytes, compressed } = summary;
  return (
    isText(className) &&
    isText(descr) &&
    isText(order) &&
    isList(shape, isCount) &&
    isCount(bytes) &&
    (compressed === undefined || (isRecord(compressed) && isCount(compressed["bytes"])))
  );
}

function hasIds({ functionId, codeId, argsId }: Record<string, unknown>): boolean {
  return isText(functionId) && isText(codeId) && isText(argsId);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
