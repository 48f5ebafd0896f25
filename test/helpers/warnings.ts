/**
 * The warnings that a piece of work emits.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";

/** A warning as `process.emitWarning` makes it. */
export interface Warning extends Error {
  readonly code?: string;
}

/** Runs something and returns its result with the `CacheWarning`s that it emitted. */
export async function withWarnings<T>(
  run: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly warnings: readonly Warning[] }> {
  const warnings: Warning[] = [];
  const listener = (warning: Warning): void => {
    // Said once in a process that has no mapper, by whichever test is the first there to map.
    if (warning.name === "CacheWarning" && warning.code !== "CACHE_NO_MAPPER")
      warnings.push(warning);
  };
  // Without a listener of another kind Node prints each warning; the tests' output stays readable.
  const others = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", listener);
  try {
    const result = await run();
    await setImmediate();
    return { result, warnings };
  } finally {
    process.removeAllListeners("warning");
    for (const other of others) process.on("warning", other);
  }
}
