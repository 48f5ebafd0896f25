/**
 * Which directories of entries' first two digits are there, as far as is known here without a look.
 *
 * A rename into one that is missing makes an error, which takes longer than a look. Somebody else may
 * make and remove them at any moment: whoever relies on what is known here has to notice.
 *
 * @module
 */

import { existsSync } from "node:fs";

const MOST = 2 ** 14;

/** The directories of one store that were seen. */
export class Shards {
  readonly #seen = new Set<string>();

  /** Whether a directory is there; looks only for what was never seen. */
  has(shard: string): boolean {
    if (this.#seen.has(shard)) return true;
    const isThere = existsSync(shard);
    if (isThere) this.add(shard);
    return isThere;
  }

  /** Takes one down that is there. */
  add(shard: string): void {
    if (this.#seen.size >= MOST) this.#seen.clear();
    this.#seen.add(shard);
  }
}
