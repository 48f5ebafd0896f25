/**
 * The one error class of ndmemo, its codes, and the wording of a wrong argument.
 *
 * Wrong arguments are `TypeError` or `RangeError`; errors of the file system pass through with
 * their own `code`; everything else that ndmemo itself reports is a {@link CacheError}.
 *
 * @module
 */

import { describe } from "./describe.ts";

/** What went wrong, as a stable string: adding one is a minor release, changing one a major. */
export type CacheErrorCode =
  | "ERR_UNHASHABLE"
  | "ERR_UNSUPPORTED_VALUE"
  | "ERR_MISSING_ENTRY"
  | "ERR_CORRUPT_ENTRY"
  | "ERR_FORMAT_VERSION"
  | "ERR_CACHE_MISS"
  | "ERR_LOCK_TIMEOUT"
  | "ERR_AMBIGUOUS_FUNCTION"
  | "ERR_NATIVE";

/** What a {@link CacheError} can carry besides its message. */
export interface CacheErrorDetails {
  /** Where: a file, or the path to a part of a value such as `args[1].model`. */
  readonly path?: string;
  /** The entry it happened to. */
  readonly key?: string;
  /** The error beneath. */
  readonly cause?: unknown;
}

/**
 * An error of ndmemo's own.
 *
 * Match on `code`, never on the text of the message.
 */
export class CacheError extends Error {
  /** What went wrong. */
  readonly code: CacheErrorCode;
  /** Where: a file, or the path to a part of a value such as `args[1].model`. */
  declare readonly path?: string;
  /** The entry it happened to. */
  declare readonly key?: string;

  /** Made by ndmemo; exported so that it can be recognised. */
  constructor(code: CacheErrorCode, message: string, details: CacheErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    if (details.path !== undefined) this.path = details.path;
    if (details.key !== undefined) this.key = details.key;
  }

  /** Printed in front of the message. */
  override get name(): string {
    return "CacheError";
  }
}

/** What is known of an error besides that it is a {@link CacheError}. */
export interface CacheErrorOf<C extends CacheErrorCode> {
  /** One of the codes that were asked for. */
  readonly code: C;
}

/**
 * Tells whether an error is a {@link CacheError}, of one of the codes when codes are given.
 *
 * @example
 * ```ts
 * if (isCacheError(error, "ERR_UNHASHABLE")) console.error(error.path);
 * ```
 */
export function isCacheError<C extends CacheErrorCode = CacheErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is CacheError & CacheErrorOf<C> {
  if (!(error instanceof CacheError)) return false;
  return codes.length === 0 || (codes as readonly string[]).includes(error.code);
}

/** The error for an argument or option of the wrong kind. */
export function wrongType(name: string, accepted: string, given: unknown): TypeError {
  return new TypeError(`Expected ${accepted} for ${name}, got ${describe(given)}`);
}

/** The error for an argument or option of the right kind with a value out of range. */
export function wrongValue(name: string, accepted: string, given: unknown): RangeError {
  return new RangeError(`Expected ${accepted} for ${name}, got ${describe(given)}`);
}
