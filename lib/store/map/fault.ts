/**
 * What a user is told about faults inside maps: a write to a map of mode `"r"`, a page that is gone.
 *
 * @module
 */

import { CacheError } from "../../errors.ts";
import type { Native } from "../../native.ts";

/** Reports the faults of this thread from now on. Called once for each thread. */
export function reportFaults(addon: Native): void {
  addon.onFault((label, kind) => {
    if (kind === "write") warnOfWrite(label);
    else throwOfLostPage(label);
  });
  // A program may end without another turn of its event loop.
  process.on("beforeExit", () => addon.reportFaults());
}

function warnOfWrite(label: string): void {
  process.emitWarning(
    `${label} is mapped read-only: the write went to a private copy of the page, and what is stored ` +
      'has not changed. Use mmapMode "c" to write to a copy on purpose, "r+" to change the entry',
    { type: "CacheWarning", code: "CACHE_WRITE_TO_READ_ONLY" },
  );
}

/** Uncaught on purpose: somebody has been given zeros for data, in a read that cannot throw. */
function throwOfLostPage(label: string): void {
  const error = new CacheError(
    "ERR_CORRUPT_ENTRY",
    `${label} was truncated or could not be read while it was mapped: zeros were read instead of data`,
    { path: label },
  );
  process.nextTick(() => {
    throw error;
  });
}
