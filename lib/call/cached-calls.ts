/**
 * The calls of one function: looked up, computed, published.
 *
 * ```
 * key ── entry? ── yes ── load ── whole? ── yes ──────────────── value (hit)
 *            └ no ─────────────────┴ no ── compute ── publish ── value (miss)
 * ```
 *
 * Caching loses nothing: whatever goes wrong between the store and us costs a warning and a
 * computation, never the value. What the function throws passes through and is not cached.
 *
 * @module
 */

import { claimCode } from "../code/live.ts";
import { usesThis } from "../code/scope.ts";
import { CacheError, isCacheError } from "../errors.ts";
import { codeOf } from "../hash/code.ts";
import { digestValue } from "../hash/hash.ts";
import { digestBytes } from "../hash/xxh3.ts";
import { callingLine, durationLine, loadingLine } from "../log.ts";
import { isAbsent } from "../store/file.ts";
import type { EntryKey } from "../store/layout.ts";
import type { LocalStore } from "../store/local.ts";
import { errorCode, errorMessage, type WarnOnce } from "../warning.ts";
import {
  type Entry,
  type EntryManifest,
  hasEntry,
  loadValue,
  readManifest,
  storeEntry,
} from "./entry.ts";
import { type CallRecord, type Metadata, metadataOf, recordCall } from "./metadata.ts";
import type { Settings } from "./settings.ts";
import { isThenable } from "./thenable.ts";

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown;

/** A value with the metadata of the call that made it. */
export interface Outcome<T = unknown> {
  /** What the function returned, mapped where a mode says so. */
  readonly value: T;
  /** What is kept about the call. */
  readonly metadata: Metadata;
}

/** What a look-up found besides a hit: a damaged entry gives way to a new one. */
type Miss = "absent" | "damaged";

const MOST_TRIES = 10;

/** The calls of one function on one store. */
export class CachedCalls {
  readonly #func: AnyFunction;
  readonly #functionId: string;
  readonly #name: string;
  readonly #store: LocalStore;
  readonly #settings: Settings;
  readonly #warnings: WarnOnce;
  #code: { readonly id: string; readonly usesThis: boolean } | undefined;

  constructor(
    func: AnyFunction,
    identity: { readonly functionId: string; readonly name: string },
    store: LocalStore,
    settings: Settings,
    warnings: WarnOnce,
  ) {
    this.#func = func;
    this.#warnings = warnings;
    this.#functionId = identity.functionId;
    this.#name = identity.name;
    this.#store = store;
    this.#settings = settings;
  }

  /** The value of a call, or a promise of it where the function returns promises. */
  call(receiver: unknown, args: readonly unknown[]): unknown {
    const { key, hashSeconds } = this.#keyOf(receiver, args);
    const found = this.#lookUp(key);
    if (typeof found !== "string") return found.async ? Promise.resolve(found.value) : found.value;
    return this.#compute(receiver, args, { key, hashSeconds }, found, ({ value }) => value);
  }

  /** Runs the function and replaces the entry. */
  recompute(receiver: unknown, args: readonly unknown[]): unknown {
    this.#needReceiver(receiver, "recompute");
    const timedKey = this.#keyOf(receiver, args);
    return this.#compute(receiver, args, timedKey, "damaged", (outcome) => outcome);
  }

  /** Whether a call would find an entry. */
  has(receiver: unknown, args: readonly unknown[]): boolean {
    this.#needReceiver(receiver, "checkCallInCache");
    const { key } = this.#keyOf(receiver, args);
    try {
      return hasEntry(this.#store, key);
    } catch {
      return false;
    }
  }

  /** Removes the entry of a call; tells whether there was one. */
  forget(receiver: unknown, args: readonly unknown[]): boolean {
    this.#needReceiver(receiver, "forget");
    return this.#store.remove(this.#keyOf(receiver, args).key);
  }

  /** Removes the entries of all versions of the function. */
  clear({ warn }: { readonly warn: boolean }): void {
    const { verbose, logger } = this.#settings;
    if (warn && verbose > 0) logger.warn(`Clearing the cache of ${this.#functionId}`);
    this.#store.clear(this.#functionId);
  }

  #needReceiver(receiver: unknown, member: string): void {
    if (receiver !== undefined || !this.#codeOf().usesThis) return;
    throw new TypeError(
      `${this.#name} uses "this", which is part of its key: call ${member} with the receiver, as in ` +
        `object.${this.#name}.${member}.call(object, …)`,
    );
  }

  #keyOf(receiver: unknown, args: readonly unknown[]): { key: EntryKey; hashSeconds: number } {
    const start = performance.now();
    const code = this.#codeOf();
    let length = args.length;
    while (length > 0 && args[length - 1] === undefined) length--;
    const given = length === args.length ? args : args.slice(0, length);
    const argsId =
      code.usesThis && receiver !== undefined
        ? digestBytes(Buffer.from(digestValue(receiver, "this") + digestValue(given, "args")))
        : digestValue(given, "args");
    const key = { functionId: this.#functionId, codeId: code.id, argsId };
    return { key, hashSeconds: secondsSince(start) };
  }

  #codeOf(): { readonly id: string; readonly usesThis: boolean } {
    if (!this.#code) {
      const { codeId: id, complete } = codeOf(this.#func, this.#settings.track);
      if (!complete) claimCode(this.#functionId, id, this.#func);
      this.#code = { id, usesThis: usesThis(this.#func) };
    }
    return this.#code;
  }

  #lookUp(key: EntryKey): Entry | Miss {
    const found = this.#load(key);
    if (typeof found !== "string") {
      this.#say(2, () => loadingLine(this.#functionId, this.#pathAbove10(key)));
    }
    return found;
  }

  #load(key: EntryKey): Entry | Miss {
    let manifest: EntryManifest | undefined;
    for (let tries = 0; ; tries++) {
      try {
        manifest = readManifest(this.#store, key);
        if (!manifest) return "absent";
        const value = loadValue(this.#store, key, manifest, this.#settings);
        return { value, async: manifest.async, metadata: manifest.metadata };
      } catch (error) {
        // A map that is too large will be so at every call: computing again would hide it.
        if (isCacheError(error, "ERR_NATIVE")) throw error;
        if (manifest && isCloneOfOtherNode(manifest, error)) return "damaged";
        // The files of an entry that was replaced since its manifest was read have other names.
        if (isAbsent(error) && tries < MOST_TRIES && this.#isAnother(key, manifest)) continue;
        return this.#missBecauseOf(error, key);
      }
    }
  }

  #missBecauseOf(error: unknown, key: EntryKey): Miss {
    const path = this.#store.path(key, "");
    const isOfEntry = error instanceof CacheError || isAbsent(error);
    this.#warn(
      isOfEntry ? path : "the store",
      isAbsent(error) ? "ERR_CORRUPT_ENTRY" : errorCode(error),
      `The entry of ${this.#functionId} in ${path} cannot be used and is computed again: ` +
        errorMessage(error),
    );
    return "damaged";
  }

  /** Whether the entry of a key is not, or no longer, the one of this manifest. */
  #isAnother(key: EntryKey, manifest: EntryManifest | undefined): boolean {
    try {
      return JSON.stringify(readManifest(this.#store, key)) !== JSON.stringify(manifest);
    } catch {
      return false;
    }
  }

  #compute<T>(
    receiver: unknown,
    args: readonly unknown[],
    { key, hashSeconds }: { key: EntryKey; hashSeconds: number },
    miss: Miss,
    deliver: (outcome: Outcome) => T,
  ): T | Promise<T> {
    const call = recordCall(key, args, hashSeconds);
    this.#say(1, () => callingLine(this.#functionId, this.#name, args));
    const start = performance.now();
    const finish = (value: unknown, async: boolean): T => {
      const compute = { seconds: secondsSince(start), time: Date.now() / 1000 };
      this.#say(1, () => durationLine(this.#name, compute.seconds));
      return deliver(this.#keep(call, value, async, compute, miss));
    };

    const result: unknown = Reflect.apply(this.#func, receiver, args as never[]);
    if (!isThenable(result)) return finish(result, false);
    return Promise.resolve(result).then((value) => finish(value, true));
  }

  /** Stores a value; returns it, or its mapped form where a map is asked for. */
  #keep(
    call: CallRecord,
    value: unknown,
    async: boolean,
    compute: { readonly seconds: number; readonly time: number },
    miss: Miss,
  ): Outcome {
    const start = performance.now();
    let metadata = metadataOf(call, compute, { seconds: 0, encoded: undefined });
    const { key } = call;
    const replace = miss === "damaged";
    try {
      const code = Function.prototype.toString.call(this.#func);
      metadata = storeEntry(this.#store, {
        ...{ key, value, async, code, replace },
        metadata: (encoded) => metadataOf(call, compute, { seconds: secondsSince(start), encoded }),
      });
      this.#say(11, () => `Stored in ${this.#store.path(key, "")}`);
      if (this.#settings.mmapMode === null || metadata.arrays.length === 0)
        return { value, metadata };
      const stored = this.#load(key);
      return { value: typeof stored === "string" ? value : stored.value, metadata };
    } catch (error) {
      const isUnmappable = isCacheError(error, "ERR_NATIVE");
      if (replace && !isUnmappable) this.#removeQuietly(key);
      this.#warn(
        (isCacheError(error) && error.path) || "the store",
        errorCode(error),
        `The result of ${this.#functionId} is returned but could not be ` +
          `${isUnmappable ? "mapped" : "cached"}: ${errorMessage(error)}`,
      );
      return { value, metadata };
    }
  }

  /** What could not be replaced must not be found again. */
  #removeQuietly(key: EntryKey): void {
    try {
      this.#store.remove(key);
    } catch {
      // The warning about the store follows.
    }
  }

  #warn(about: string, code: string, message: string): void {
    this.#warnings.warn(`${this.#functionId} ${about}`, code, message);
  }

  /** Says something; a logger that throws does not cost the caller a value. */
  #say(verbose: number, line: () => string): void {
    if (this.#settings.verbose < verbose) return;
    try {
      this.#settings.logger.info(line());
    } catch (error) {
      this.#warn("the logger", errorCode(error), `The logger threw: ${errorMessage(error)}`);
    }
  }

  #pathAbove10(key: EntryKey): string | undefined {
    return this.#settings.verbose > 10 ? this.#store.path(key, "") : undefined;
  }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
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
