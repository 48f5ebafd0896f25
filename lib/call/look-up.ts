/**
 * Finding the value of a call, and judging whether it may be used.
 *
 * @module
 */

import { CacheError, isCacheError, wrongType } from "../errors.ts";
import type { LoadOptions } from "../file/array-file.ts";
import { isAbsent } from "../store/file.ts";
import type { EntryKey } from "../store/layout.ts";
import { Undecodable } from "../type/undecodable.ts";
import { errorCode, errorMessage } from "../warning.ts";
import type { Entries, EntryManifest } from "./entries/entries.ts";
import type { Metadata } from "./entries/metadata.ts";
import type { MissReason } from "./events.ts";
import { type Flow, isPending, wait } from "./flow.ts";
import type { Reporter } from "./reporter.ts";
import type { Settings } from "./settings.ts";
import { discard, isThenable } from "./thenable.ts";

/** A value that was found. */
export interface Hit {
  readonly value: unknown;
  readonly async: boolean;
  readonly metadata: Metadata;
}

/** An entry that may be used, without its value. */
export interface Found {
  readonly manifest: EntryManifest;
  /** Why its value could not be loaded, where that was tried. */
  readonly failure?: { readonly error: unknown };
}

const MOST_TRIES = 10;

/** Looks up the calls of one function. */
export class LookUp {
  readonly #entries: Entries;
  readonly #settings: Settings;
  readonly #loading: LoadOptions;
  readonly #reporter: Reporter;

  constructor(entries: Entries, settings: Settings, reporter: Reporter) {
    this.#entries = entries;
    this.#settings = settings;
    this.#loading = { mmapMode: settings.mmapMode, verify: settings.verify, waits: true };
    this.#reporter = reporter;
  }

  /**
   * The value of a call where it is found at once and nothing is in the way, which takes half the time
   * of {@link LookUp.value}. Counts as a use of the entry.
   *
   * @returns where it is not, the entry as far as it was found, or that there is none, for
   * {@link LookUp.value} to begin with; undefined where that has to be asked.
   */
  atOnce(key: EntryKey): Hit | Found | "absent" | undefined {
    const entries = this.#entries;
    if (entries.isAsync || this.#settings.cacheValidationCallback !== undefined) return undefined;
    let manifest: EntryManifest | undefined;
    try {
      manifest = entries.read(key, true, true) as EntryManifest | undefined;
    } catch {
      return undefined;
    }
    if (manifest === undefined) return "absent";
    const { value, async, metadata } = manifest;
    if ("json" in value) return { value: value.json, async, metadata };
    // What is loaded for a caller who waits may take a while.
    if (async) return { manifest };
    try {
      return { value: entries.load(key, manifest, this.#loading), async, metadata };
    } catch (error) {
      // Of anything else the entry itself may be free: it is looked up again.
      return error instanceof CacheError ? { manifest, failure: { error } } : undefined;
    }
  }

  /**
   * The value of a call, or why there is none; what is wrong with an entry is warned of.
   *
   * @param isUse whether this counts as a use of the entry.
   * @param since what was computed after this time, in seconds since 1970, needs no validation.
   * @param first what {@link LookUp.atOnce} has found.
   */
  *value(
    key: EntryKey,
    isUse = true,
    since: number = Number.POSITIVE_INFINITY,
    first?: Found,
  ): Flow<Hit | MissReason> {
    // A callback is given the metadata to keep.
    const isShared = this.#settings.cacheValidationCallback === undefined;
    for (let tries = 0; ; tries++) {
      const begun = tries === 0 ? first : undefined;
      const found = begun ?? (yield* this.entry(key, isUse, since, isShared));
      if (typeof found === "string") return found;
      const { manifest, failure } = found;
      try {
        if (failure) throw failure.error;
        const loaded = this.#entries.load(key, manifest, this.#loading);
        const value = isPending(loaded) ? yield loaded : loaded;
        return { value, async: manifest.async, metadata: manifest.metadata };
      } catch (error) {
        // A map that is too large will be so at every call: computing again would hide it.
        if (isCacheError(error, "ERR_NATIVE")) throw error;
        if (error instanceof Undecodable && error.elsewhere) return this.#isForOthers(error, key);
        if (isCloneOfOtherNode(manifest, error)) return "damaged";
        // The files of an entry that was replaced since its manifest was read have other names.
        const mayBeReplaced = isAbsent(error) && tries < MOST_TRIES;
        if (mayBeReplaced && (yield* this.#isAnother(key, manifest))) continue;
        return this.#missBecauseOf(error, key);
      }
    }
  }

  /**
   * The entry of a call, or why there is none that may be used; see {@link LookUp.value}.
   *
   * @param isShared whether the manifest may belong to others, too.
   */
  *entry(
    key: EntryKey,
    isUse: boolean,
    since: number = Number.POSITIVE_INFINITY,
    isShared = false,
  ): Flow<Found | MissReason> {
    let manifest: EntryManifest | undefined;
    try {
      const read = this.#entries.read(key, isUse, isShared);
      manifest = isPending(read) ? yield* wait(read) : read;
    } catch (error) {
      return this.#missBecauseOf(error, key);
    }
    if (!manifest) return "absent";
    const isFresh = manifest.metadata.time >= since;
    if (isFresh || !this.#settings.cacheValidationCallback) return { manifest };
    return (yield* this.isValid(manifest)) ? { manifest } : "stale";
  }

  /** What the function's own validation says of an entry. */
  *isValid({ metadata, async }: EntryManifest): Flow<boolean> {
    const { cacheValidationCallback: callback } = this.#settings;
    if (!callback) return true;
    const verdict: unknown = callback(metadata);
    if (!isThenable(verdict)) return verdict === true;
    if (async) return (yield verdict) === true;
    discard(verdict);
    const accepted = "a function that returns true or false (a promise for asynchronous functions)";
    throw wrongType("the option cacheValidationCallback of cache", accepted, callback);
  }

  #missBecauseOf(error: unknown, key: EntryKey): MissReason {
    const path = this.#entries.path(key);
    const next = this.#settings.onMiss === "compute" ? " and is computed again" : "";
    const isOfEntry = error instanceof CacheError || isAbsent(error);
    this.#reporter.warn(
      isOfEntry ? path : "the store",
      isAbsent(error) ? "ERR_CORRUPT_ENTRY" : errorCode(error),
      `The entry of ${key.functionId} in ${path} cannot be used${next}: ${errorMessage(error)}`,
    );
    return "damaged";
  }

  /** An entry that is whole, and that this process lacks something for. */
  #isForOthers(error: Undecodable, key: EntryKey): MissReason {
    const path = this.#entries.path(key);
    const what = "cannot be read here, and stays";
    this.#reporter.warn(
      path,
      error.code,
      `The entry of ${key.functionId} in ${path} ${what}: ${error.message}`,
    );
    return "elsewhere";
  }

  /** Whether the entry of a key is not, or no longer, the one of this manifest. */
  *#isAnother(key: EntryKey, manifest: EntryManifest): Flow<boolean> {
    try {
      const now = yield* wait(this.#entries.read(key, false));
      return JSON.stringify(now) !== JSON.stringify(manifest);
    } catch {
      return false;
    }
  }
}

/**
 * Whether a structured clone could not be read because another Node wrote it: a miss, no damage.
 *
 * Node 20 has no `Float16Array`, and Node 22 does not read an error with a `cause` of Node 20.
 */
function isCloneOfOtherNode({ node }: EntryManifest, error: unknown): boolean {
  const isOfClone =
    isCacheError(error, "ERR_UNSUPPORTED_VALUE") ||
    (isCacheError(error, "ERR_CORRUPT_ENTRY") && error.cause !== undefined);
  return isOfClone && Number.parseInt(node, 10) !== Number.parseInt(process.versions.node, 10);
}
