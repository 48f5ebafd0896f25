/**
 * Scratch files for tests, and what `tmp/` holds of them.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createScratch } from "../../lib/store/scratch.ts";
import { filesIn } from "../helpers/tmp.ts";

/** What lies before the memory. */
export const HEAD: Buffer = Buffer.alloc(64, "head");
/** How much memory there is, unless told otherwise. */
export const BYTES = 300_000;

/** The memory of a new scratch file. */
export function scratchIn(location: string, byteLength: number = BYTES): Uint8Array {
  const mapped = createScratch(location, HEAD, byteLength);
  if (mapped === undefined) throw new Error("nothing was mapped");
  return new Uint8Array(mapped.buffer, mapped.byteOffset, byteLength);
}

/** What `tmp/` holds. */
export function left(location: string): string[] {
  const tmp = join(location, "ndmemo/tmp");
  return existsSync(tmp) ? filesIn(tmp) : [];
}

/** Waits for a condition, up to five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries++) await setTimeout(10);
  assert.ok(condition());
}
