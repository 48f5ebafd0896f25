/**
 * The store that a location and the name of a backend mean.
 *
 * @module
 */

import { wrongType } from "../../errors.ts";
import { StoreBackend } from "../../store/backend.ts";
import type { SizeLimits } from "../../store/limits/size-limits.ts";
import { LocalStore } from "../../store/local.ts";
import { backendClassOf, backendNameOf, LOCAL } from "../../store/registry.ts";
import { BackendEntries } from "./backend-entries.ts";
import type { Entries } from "./entries.ts";
import { LocalEntries } from "./local-entries.ts";
import { directoryOf } from "./location.ts";

/** How a store is opened. */
export interface OpenOptions {
  /** The name of the store's kind. */
  readonly backend?: string | undefined;
  /** What its class is given besides the location. */
  readonly backendOptions?: object | undefined;
  /** How large it may grow. */
  readonly limits?: SizeLimits | undefined;
  /** Whether entries are on the disk before they are published; for the local store. */
  readonly durable?: boolean | undefined;
}

/**
 * The entries of a store; `null` where nothing is to be stored.
 *
 * @throws TypeError for a location of another kind and for an unknown backend; what the constructor
 * of the backend throws.
 */
export function openEntries(location: unknown, options: OpenOptions): Entries | null {
  const { backend = LOCAL, backendOptions = {}, durable = false, limits } = options;
  if (location instanceof StoreBackend) {
    return new BackendEntries(location, backendNameOf(location), limits);
  }
  if (backend !== LOCAL) {
    const Backend = backendClassOf(backend);
    if (location === null || location === undefined) return null;
    if (location instanceof URL) {
      return new BackendEntries(
        new Backend(location.href, backendOptions as never),
        backend,
        limits,
      );
    }
    if (typeof location === "string" && location !== "") {
      return new BackendEntries(new Backend(location, backendOptions as never), backend, limits);
    }
    throw wrongType("the location", "a string, a URL, a store, null or undefined", location);
  }
  const [unknown] = Object.keys(backendOptions);
  if (unknown !== undefined) throw new TypeError(`The local store has no option "${unknown}"`);
  const directory = directoryOf(location);
  return directory === null
    ? null
    : new LocalEntries(new LocalStore(directory, { durable }), limits);
}
