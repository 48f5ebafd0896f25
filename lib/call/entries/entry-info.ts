/**
 * What users see of a stored entry.
 *
 * @module
 */

import { wrongType } from "../../errors.ts";
import { type Check, checkOptions } from "../../options.ts";
import type { Shape } from "../shape.ts";
import type { Entries, StoredEntry } from "./entries.ts";
import type { ArraySummary, Metadata } from "./metadata.ts";

/** A stored entry. */
export interface EntryInfo {
  /** `<module>#<name>` of the function. */
  readonly functionId: string;
  /** Digest of the function's code. */
  readonly codeId: string;
  /** Digest of the arguments. */
  readonly argsId: string;
  /** A bounded text for each argument. */
  readonly inputArgs: readonly string[];
  /** Bytes of all files of the entry. */
  readonly bytes: number;
  /** The arrays in the value. */
  readonly arrays: readonly ArraySummary[];
  /** How long the function ran, in seconds. */
  readonly duration: number;
  /** When the function returned, in seconds since 1970. */
  readonly time: number;
  /** When the entry was last used, in seconds since 1970. */
  readonly lastUsed: number;
  /** Where the entry lies. */
  readonly path: string;
  /** All that is kept about the call. */
  readonly metadata: Metadata;
}

/** Which entries are listed. */
export interface EntriesOptions {
  /** A cached function, or its `functionId`; all functions where it is missing. */
  readonly func?: Pick<EntryInfo, "functionId"> | string | undefined;
}

/** Iterates over entries: at once, or with promises on a store that is not of this machine. */
export type Listing<S extends Shape> = S extends "same"
  ? IterableIterator<EntryInfo>
  : AsyncIterableIterator<EntryInfo>;

/** The entries of a store, as users see them. */
export function entriesOf(
  entries: Entries | null,
  options: EntriesOptions,
): Iterable<EntryInfo> | AsyncIterable<EntryInfo> {
  const { func } = checkOptions<EntriesOptions>("entries", options, { func: functionIdOf });
  return entryInfos(entries?.list(func as string | undefined) ?? []);
}

const functionIdOf: Check<string> = (name, value) => {
  const { functionId } = Object(value) as { functionId?: unknown };
  const id = typeof value === "string" ? value : functionId;
  if (typeof id === "string") return id;
  throw wrongType(name, "a cached function or the functionId of one", value);
};

/** What users see of listed entries: iterated over as they are listed, at once or with promises. */
export function entryInfos(
  listed: Iterable<StoredEntry> | AsyncIterable<StoredEntry>,
): Iterable<EntryInfo> | AsyncIterable<EntryInfo> {
  return Symbol.iterator in listed ? inTurn(listed) : later(listed);
}

function* inTurn(listed: Iterable<StoredEntry>): Generator<EntryInfo, void, undefined> {
  for (const entry of listed) yield entryInfo(entry);
}

async function* later(
  listed: AsyncIterable<StoredEntry>,
): AsyncGenerator<EntryInfo, void, undefined> {
  for await (const entry of listed) yield entryInfo(entry);
}

function entryInfo({ manifest, bytes, lastUsed, path }: StoredEntry): EntryInfo {
  const { metadata } = manifest;
  const { functionId, codeId, argsId, inputArgs, arrays, duration, time } = metadata;
  return {
    ...{ functionId, codeId, argsId, inputArgs, bytes, arrays, duration, time },
    ...{ lastUsed: lastUsed / 1000, path, metadata },
  };
}
