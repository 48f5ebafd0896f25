/**
 * Directories to measure in.
 *
 * @module
 */

import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Linux has a file system in memory. */
const MEMORY = "/dev/shm";

/** Whether there is a file system in memory. */
export function hasMemory(): boolean {
  return existsSync(MEMORY);
}

/** A new, empty directory; in memory where that is asked for and there is one. */
export function makeScratch(inMemory: boolean): string {
  return mkdtempSync(join(inMemory && hasMemory() ? MEMORY : tmpdir(), "ndmemo-bench-"));
}
