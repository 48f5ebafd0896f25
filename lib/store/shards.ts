/**
 * Which directories of the first two digits are there, as far as is known here without a look.
 *
 * A rename into one that is missing makes an error, which takes longer than a look. Somebody else may
 * make and remove them at any moment: whoever relies on what is known here has to notice.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { shardPath } from "./layout.ts";

const MOST_CODES = 64;

/** The directories of one store that were seen. */
export class Shards {
  readonly #seen = new Map<string, Set<string>>();
  #missing: string | undefined;

  /** Whether the directory for an entry is there; looks only for what was never seen. */
  has(code: string, argsId: string): boolean {
    if (this.#seen.get(code)?.has(digitsOf(argsId))) return true;
    const shard = shardPath(code, argsId);
    const isThere = existsSync(shard);
    if (isThere) this.add(code, argsId);
    this.#missing = isThere ? undefined : shard;
    return isThere;
  }

  /** The same, and what the last look missed is still taken for missing, once. */
  mayHave(code: string, argsId: string): boolean {
    const missing = this.#missing;
    this.#missing = undefined;
    const isMissing = missing !== undefined && missing === shardPath(code, argsId);
    return !isMissing && this.has(code, argsId);
  }

  /** Takes one down that is there. */
  add(code: string, argsId: string): void {
    let seen = this.#seen.get(code);
    if (!seen) {
      if (this.#seen.size >= MOST_CODES) this.#seen.clear();
      seen = new Set();
      this.#seen.set(code, seen);
    }
    seen.add(digitsOf(argsId));
  }
}

function digitsOf(argsId: string): string {
  return argsId.slice(0, 2);
}
