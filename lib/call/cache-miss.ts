/**
 * The error of a call that may not compute.
 *
 * @module
 */

import { CacheError } from "../errors.ts";
import { callText } from "../log.ts";
import type { EntryKey } from "../store/layout.ts";
import type { MissReason } from "./events.ts";
import type { Identity } from "./settings.ts";

/** Why there is no value, in words. */
const MISSED: Readonly<Record<MissReason, string>> = {
  absent: "is not in the cache",
  damaged: "has an entry that is damaged",
  stale: "has an entry that cacheValidationCallback does not accept",
  elsewhere: "has an entry that needs a class which is not registered here",
  forced: "is to be computed",
};

/** What `onMiss: "throw"` throws. */
export function cacheMiss(
  { functionId, name }: Identity,
  args: readonly unknown[],
  { argsId }: EntryKey,
  path: string,
  reason: MissReason,
): CacheError {
  return new CacheError(
    "ERR_CACHE_MISS",
    `${callText(name, args)} ${MISSED[reason]}, and onMiss is "throw": expected an entry of ` +
      `${functionId} in ${path}. Store it with onMiss: "compute", or call ${name}.explain(…) to ` +
      "see what differs from the entries there are",
    { key: argsId, path },
  );
}
