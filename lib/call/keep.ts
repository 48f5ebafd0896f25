/**
 * Storing what a function returned. Nothing here costs the caller the value: what cannot be stored
 * is a warning.
 *
 * @module
 */

import { isCacheError } from "../errors.ts";
import type { EntryKey } from "../store/layout.ts";
import { errorCode, errorMessage } from "../warning.ts";
import type { CallKeys } from "./arguments/call-key.ts";
import type { Entries } from "./entries/entries.ts";
import { type CallRecord, type Metadata, metadataOf } from "./entries/metadata.ts";
import type { MissReason } from "./events.ts";
import { type Flow, isPending, wait } from "./flow.ts";
import type { LookUp } from "./look-up.ts";
import type { Reporter } from "./reporter.ts";
import { secondsSince } from "./seconds.ts";
import type { Settings } from "./settings.ts";
import { discard, isThenable } from "./thenable.ts";

/** What a function returned, and when. */
export interface Computed {
  readonly value: unknown;
  /** Whether it was a promise of the value. */
  readonly async: boolean;
  /** How long the function ran. */
  readonly seconds: number;
  /** When it returned, in seconds since 1970. */
  readonly time: number;
}

/** A value as the caller gets it. */
export interface Kept {
  /** The value, mapped where a mode says so. */
  readonly value: unknown;
  readonly metadata: Metadata;
  /** Whether there is an entry of it. */
  readonly isStored: boolean;
}

/** Stores the results of one function. */
export class Keeper {
  readonly #keys: CallKeys;
  readonly #entries: Entries;
  readonly #settings: Settings;
  readonly #reporter: Reporter;
  readonly #lookUp: LookUp;

  constructor(
    keys: CallKeys,
    entries: Entries,
    settings: Settings,
    reporter: Reporter,
    lookUp: LookUp,
  ) {
    this.#keys = keys;
    this.#entries = entries;
    this.#settings = settings;
    this.#reporter = reporter;
    this.#lookUp = lookUp;
  }

  /** Stores a value unless `storeIf` is against it; whatever fails is warned of. */
  *keep(call: CallRecord, computed: Computed, reason: MissReason): Flow<Kept> {
    const { value } = computed;
    const { key } = call;
    const replace = reason !== "absent";
    if (reason === "elsewhere") return this.leave(call, computed);
    let metadata: Metadata | undefined;
    try {
      const { storeIf } = this.#settings;
      if (storeIf && !(yield* this.#isWanted(storeIf, call, computed))) {
        if (replace) yield* this.#removeQuietly(key);
        return this.leave(call, computed);
      }
      metadata = yield* this.store(call, computed, replace);
      const isMapped = this.#settings.mmapMode !== null && this.#entries.maps;
      if (!isMapped || metadata.arrays.every(({ compressed }) => compressed)) {
        return { value, metadata, isStored: true };
      }
      const stored = yield* this.#lookUp.value(key, false, Number.NEGATIVE_INFINITY);
      return { value: typeof stored === "string" ? value : stored.value, metadata, isStored: true };
    } catch (error) {
      const isUnmappable = isCacheError(error, "ERR_NATIVE");
      if (replace && !isUnmappable) yield* this.#removeQuietly(key);
      this.#reporter.warn(
        (isCacheError(error) && error.path) || "the store",
        errorCode(error),
        `The result of ${key.functionId} is returned but could not be ` +
          `${isUnmappable ? "mapped" : "cached"}: ${errorMessage(error)}`,
      );
      metadata ??= unstored(call, computed);
      return { value, metadata, isStored: isUnmappable };
    }
  }

  /** What the caller gets of a value that is not stored. */
  leave(call: CallRecord, computed: Computed): Kept {
    return { value: computed.value, metadata: unstored(call, computed), isStored: false };
  }

  /**
   * Stores a value.
   *
   * @throws CacheError `ERR_UNSUPPORTED_VALUE`; errors of the store.
   */
  *store(call: CallRecord, computed: Computed, replace: boolean): Flow<Metadata> {
    const start = performance.now();
    const { value, async } = computed;
    const stored = this.#entries.store({
      key: call.key,
      value,
      async,
      replace,
      compress: this.#settings.compress,
      // A file is what other programs read.
      inline: this.#settings.mmapMode === null && this.#settings.format !== "arrow",
      format: this.#settings.format ?? "npy",
      code: () => this.#keys.record(),
      metadata: (encoded) => {
        const seconds = secondsSince(start);
        return metadataOf(call, computed, { seconds, encoded });
      },
    });
    const metadata = isPending(stored) ? yield* wait(stored) : stored;
    this.#keys.settle();
    this.#reporter.stored(metadata, () => this.#entries.path(call.key));
    return metadata;
  }

  *#isWanted(
    storeIf: NonNullable<Settings["storeIf"]>,
    call: CallRecord,
    computed: Computed,
  ): Flow<boolean> {
    const { value, async } = computed;
    const verdict: unknown = storeIf(value, unstored(call, computed));
    if (!isThenable(verdict)) return Boolean(verdict);
    if (async) return Boolean(yield verdict);
    discard(verdict);
    throw new TypeError("storeIf of a synchronous function returned a promise");
  }

  /** What could not be replaced must not be found again. */
  *#removeQuietly(key: EntryKey): Flow<void> {
    try {
      yield* wait(this.#entries.remove(key));
    } catch {
      // The warning about the store follows, or the entry is refused again when it is looked up.
    }
  }
}

/** The metadata of a value without an entry. */
function unstored(call: CallRecord, computed: Computed): Metadata {
  return metadataOf(call, computed, { seconds: 0, encoded: undefined });
}
