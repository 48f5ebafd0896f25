/**
 * Where the arrays to be measured come from: a value, a file, a directory of a cache, a Memory.
 *
 * @module
 */

import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StoredEntry } from "../call/entries/entries.ts";
import { LocalEntries } from "../call/entries/local-entries.ts";
import { CacheError } from "../errors.ts";
import { load } from "../file/load.ts";
import { Memory } from "../memory.ts";
import { LocalStore } from "../store/local.ts";
import {
  type Material,
  materialOfEntry,
  materialOfFile,
  materialOfNpy,
  materialOfValue,
  SMALLEST,
} from "./material.ts";

/** What may be measured: a path, a Memory on a local store, or a value with arrays in it. */
export type TuneSource = string | URL | Memory | object;

/** The arrays of a source. @throws CacheError `ERR_UNSUPPORTED_VALUE` where there are none. */
export function materialOf(source: TuneSource, arrays: number, sampleBytes: number): Material[] {
  const found = materials(source, arrays, sampleBytes).filter(({ bytes }) => bytes >= SMALLEST);
  if (found.length > 0) return found;
  throw new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    `there is no array of ${SMALLEST} bytes or more to be measured in ${nameOf(source)}`,
  );
}

function materials(source: TuneSource, arrays: number, sampleBytes: number): Material[] {
  if (source instanceof Memory) {
    const { location, backend } = source;
    if (location === null || backend !== "local") {
      throw new TypeError("Expected a Memory with a directory of this machine for tune");
    }
    return ofDirectory(location, arrays, sampleBytes);
  }
  const isPath = typeof source === "string" || source instanceof URL;
  if (!isPath) return materialOfValue(source, sampleBytes).slice(0, arrays);

  const path = resolve(typeof source === "string" ? source : fileURLToPath(source));
  if (statSync(path).isDirectory()) {
    // ndmemo/ itself is as good as the directory that holds it.
    const location = basename(path) === "ndmemo" ? resolve(path, "..") : path;
    return ofDirectory(location, arrays, sampleBytes);
  }
  const name = basename(path);
  if (path.endsWith(".npy")) return [materialOfNpy(path, name, sampleBytes)];
  if (/\.(arrow|feather)$/.test(path)) return [materialOfFile(path, name, "arrow", sampleBytes)];
  return materialOfValue(load(path), sampleBytes).slice(0, arrays);
}

/** Some arrays of a cache: half of them the largest, half those that were used last. */
function ofDirectory(location: string, arrays: number, sampleBytes: number): Material[] {
  const entries = new LocalEntries(new LocalStore(location, { durable: false }));
  const all: { entry: StoredEntry; slot: number; bytes: number }[] = [];
  for (const entry of entries.list()) {
    for (const [slot, { bytes }] of entry.manifest.arrays.entries()) {
      if (bytes >= SMALLEST) all.push({ entry, slot, bytes });
    }
  }
  const largest = all.toSorted((a, b) => b.bytes - a.bytes).slice(0, Math.ceil(arrays / 2));
  const latest = all
    .toSorted((a, b) => b.entry.lastUsed - a.entry.lastUsed)
    .filter((each) => !largest.includes(each));
  return [...largest, ...latest].slice(0, arrays).flatMap(({ entry, slot }) => {
    const record = entry.manifest.arrays[slot];
    if (!record || !("file" in record)) return [];
    try {
      return materialOfEntry(entry, record, sampleBytes) ?? [];
    } catch {
      // It may be gone by now, or damaged, which is for verify to tell.
      return [];
    }
  });
}

function nameOf(source: TuneSource): string {
  if (source instanceof Memory) return source.location ?? "a Memory without a location";
  return typeof source === "string" || source instanceof URL ? String(source) : "the value";
}
