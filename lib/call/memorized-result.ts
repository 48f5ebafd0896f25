/**
 * References to results: small, sent anywhere, and loaded where they are needed.
 *
 * @module
 */

import { inspect } from "node:util";
import { CacheError, wrongType } from "../errors.ts";
import type { Verify } from "../file/array-file.ts";
import { checkMmapMode, type MmapMode } from "../store/map/mapping.ts";
import { registerOwnType } from "../type/registry.ts";
import type { Entries } from "./entries/entries.ts";
import type { Metadata } from "./entries/metadata.ts";
import { openEntries } from "./entries/open.ts";
import { type Flow, run, wait } from "./flow.ts";
import type { Answer, Shape } from "./shape.ts";

/** A {@link MemorizedResult} as data; what it can be made from again. */
export interface MemorizedResultData {
  /** The place of the store. */
  readonly location: string;
  /** The name of the store's kind. */
  readonly backend: string;
  /** `<module>#<name>` of the function. */
  readonly functionId: string;
  /** Digest of the function's code. */
  readonly codeId: string;
  /** Digest of the arguments. */
  readonly argsId: string;
  /** How arrays are loaded. */
  readonly mmapMode: MmapMode | null;
  /** What is checked while loading. */
  readonly verify: Verify;
  /** What is kept about the call. */
  readonly metadata?: Metadata | undefined;
}

/** What `callAndShelve` returns: a reference, or the value where it is not in the store. */
export type Shelved<T = unknown, S extends Shape = Shape> =
  | MemorizedResult<T, S>
  | NotMemorizedResult<T, S>;

// Not in a private field: nothing of a reference is hidden, so that it can be an argument of a cached
// function.
const stores = new WeakMap<object, Entries>();

/**
 * A reference to a stored result.
 *
 * It holds no array. `JSON.stringify`, `structuredClone` and `postMessage` carry it to another
 * process or thread, where {@link MemorizedResult.from} makes it whole again; a printed one is a line
 * of code that does the same.
 */
export class MemorizedResult<T = unknown, S extends Shape = "same"> implements MemorizedResultData {
  /** The place of the store. */
  readonly location: string;
  /** The name of the store's kind. */
  readonly backend: string;
  /** `<module>#<name>` of the function. */
  readonly functionId: string;
  /** Digest of the function's code. */
  readonly codeId: string;
  /** Digest of the arguments. */
  readonly argsId: string;
  /** How arrays are loaded. */
  readonly mmapMode: MmapMode | null;
  /** What is checked while loading. */
  readonly verify: Verify;
  /** What is kept about the call; missing where the reference was made without it. */
  readonly metadata: Metadata | undefined;

  /** Made by `callAndShelve`, and by {@link MemorizedResult.from}. */
  constructor(data: MemorizedResultData, entries?: object) {
    if (!entries) checkData(data);
    this.location = data.location;
    this.backend = data.backend;
    this.functionId = data.functionId;
    this.codeId = data.codeId;
    this.argsId = data.argsId;
    this.mmapMode = data.mmapMode;
    this.verify = data.verify;
    this.metadata = data.metadata;
    if (entries) stores.set(this, entries as Entries);
  }

  /**
   * A reference from its data: the result of `toJSON`, of JSON, parsed or not, of `structuredClone`.
   *
   * @throws TypeError for anything else, also for what was a {@link NotMemorizedResult}. A kind of store that is not registered here is an error when
   * the value is asked for.
   */
  static from<T = unknown, S extends Shape = "same">(data: unknown): MemorizedResult<T, S> {
    return resultFrom(checkData(parsed(data))) as MemorizedResult<T, S>;
  }

  /**
   * Loads the value.
   *
   * @throws CacheError `ERR_MISSING_ENTRY` where the entry is gone, `ERR_CORRUPT_ENTRY` where it is
   * damaged.
   */
  get(): Answer<T, S> {
    return run(load(this)) as Answer<T, S>;
  }

  /** Removes the entry; does nothing where it is gone. */
  clear(): Answer<void, S> {
    return run(remove(this)) as Answer<void, S>;
  }

  /** The reference as data. */
  toJSON(): MemorizedResultData {
    const { location, backend, functionId, codeId, argsId, mmapMode, verify, metadata } = this;
    return { location, backend, functionId, codeId, argsId, mmapMode, verify, metadata };
  }

  /** A line of code that makes the reference again. */
  toString(): string {
    const { metadata: _, ...data } = this.toJSON();
    return `MemorizedResult.from(${JSON.stringify(data)})`;
  }
}

/** The result of `callAndShelve` where it could not be stored: it holds the value itself. */
export class NotMemorizedResult<T = unknown, S extends Shape = "same"> {
  /** There is no store. */
  readonly location: null = null;
  /** `<module>#<name>` of the function. */
  readonly functionId: string;
  /** Digest of the arguments. */
  readonly argsId: string;
  /** What is known about the call. */
  readonly metadata: Metadata;
  /** The value, until {@link NotMemorizedResult.clear}. */
  value: T | undefined;
  /** Whether there is a value. */
  valid = true;

  /** Made by `callAndShelve`. */
  constructor(value: T, metadata: Metadata) {
    this.functionId = metadata.functionId;
    this.argsId = metadata.argsId;
    this.metadata = metadata;
    this.value = value;
  }

  /** The value. @throws CacheError `ERR_MISSING_ENTRY` after `clear`. */
  get(): Answer<T, S> {
    if (this.valid) return this.value as Answer<T, S>;
    throw missing(this, "it was cleared");
  }

  /** Drops the value. */
  clear(): Answer<void, S> {
    this.valid = false;
    this.value = undefined;
    return undefined as Answer<void, S>;
  }

  /** What is known of the call, without the value: that may be large, and nothing JSON can hold. */
  toJSON(): object {
    const { location, functionId, argsId, metadata, valid } = this;
    return { location, functionId, argsId, metadata, valid };
  }

  /** Says what it is, without the value. */
  toString(): string {
    return `NotMemorizedResult of ${this.functionId}`;
  }
}

// Node prints them as `toString` says.
for (const { prototype } of [MemorizedResult, NotMemorizedResult]) {
  Object.defineProperty(prototype, inspect.custom, { value: prototype.toString });
}

// What is known of a reference is its data: it may be an argument, and a part of a result.
registerOwnType<MemorizedResult, MemorizedResultData>(MemorizedResult, {
  name: "ndmemo/MemorizedResult",
  encode: (result) => result.toJSON(),
  decode: resultFrom,
});

// A class that names itself is renamed when it is bundled, and its name is seen.
function resultFrom(data: MemorizedResultData): MemorizedResult {
  return new MemorizedResult(data);
}

function* load(result: MemorizedResultData): Flow<unknown> {
  const entries = storeOf(result);
  const manifest = yield* wait(entries.read(result, true));
  if (manifest) return yield* wait(entries.load(result, manifest, result));
  throw missing(result, `there is no entry in ${entries.path(result)} (any more)`);
}

function* remove(result: MemorizedResultData): Flow<void> {
  yield* wait(storeOf(result).remove(result));
}

function storeOf(result: MemorizedResultData): Entries {
  let entries = stores.get(result);
  if (!entries) {
    const { location, backend } = result;
    entries = openEntries(location, { backend }) as Entries;
    stores.set(result, entries);
  }
  return entries;
}

function missing(
  { functionId, argsId }: Pick<Metadata, "functionId" | "argsId">,
  why: string,
): CacheError {
  const what = `The result of ${functionId} is gone: ${why}. Call the function to compute it again`;
  return new CacheError("ERR_MISSING_ENTRY", what, { key: argsId });
}

/** JSON as what it says; what is no JSON is refused with the other wrong data. */
function parsed(given: unknown): unknown {
  if (typeof given !== "string") return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

function checkData(given: unknown): MemorizedResultData {
  const data = (typeof given === "object" && given !== null ? given : {}) as MemorizedResultData;
  const { location, backend = "local", functionId, codeId, argsId, metadata } = data;
  const { mmapMode = null, verify = "size" } = data;
  if ((location as unknown) === null && typeof functionId === "string") {
    throw new TypeError(
      `The data is that of a NotMemorizedResult of ${functionId}: its value is in no store, so there ` +
        "is nothing to load. Send the value itself, which its get() returns",
    );
  }
  const isWhole =
    [location, backend, functionId].every((text) => typeof text === "string" && text !== "") &&
    [codeId, argsId].every((id) => typeof id === "string" && /^[0-9a-f]{32}$/.test(id)) &&
    ["none", "size", "full"].includes(verify);
  if (!isWhole) {
    throw wrongType("what a MemorizedResult is made from", "the data of its toJSON()", given);
  }
  checkMmapMode("mmapMode of a MemorizedResult", mmapMode);
  return { location, backend, functionId, codeId, argsId, mmapMode, verify, metadata };
}
