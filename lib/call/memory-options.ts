/**
 * What a Memory is told, and what that makes of its cached functions.
 *
 * @module
 */

import { type Logger, logger } from "../log.ts";
import { type Checks, flag, record, text } from "../options.ts";
import type { StoreBackend } from "../store/backend.ts";
import { checkLimits, type Limits } from "./reduction.ts";
import { type SharedOptions, sharedChecks } from "./settings.ts";

/** What a Memory can be told. */
export interface MemoryOptions<B extends string = "local"> extends SharedOptions {
  /**
   * The kind of store: `"local"`, or a name that was given to `registerStoreBackend`.
   *
   * @defaultValue `"local"`
   */
  readonly backend?: B | undefined;
  /**
   * What the store is told besides its location.
   *
   * @defaultValue `{}`
   */
  readonly backendOptions?: object | undefined;
  /**
   * Whether an entry is on the disk, not only in the system's buffers, before it is published.
   *
   * @defaultValue `false`
   */
  readonly durable?: boolean | undefined;
  /**
   * How large the store may grow: after entries were stored, those that were not used for longest are
   * evicted, in the background. `flush` waits for it.
   *
   * @defaultValue no limits
   */
  readonly limits?: Limits | undefined;
  /**
   * Where the lines of `verbose` go.
   *
   * @defaultValue the standard error stream
   */
  readonly logger?: Logger | undefined;
}

/** The checks of {@link MemoryOptions}. */
export const memoryChecks: Checks<MemoryOptions<string>> = {
  ...sharedChecks,
  backend: text,
  backendOptions: record,
  durable: flag,
  limits: checkLimits,
  logger,
};

/** Where a Memory keeps its entries: a directory, a store, or nowhere. */
export type Location = string | URL | StoreBackend | null | undefined;

/** How the cached functions of a Memory answer, by its location and backend. */
export type ShapeOf<L, B> = L extends StoreBackend
  ? "promise"
  : B extends "local"
    ? "same"
    : "promise";
