/**
 * Maps and Sets in canonical bytes: the digests of their members, sorted, so that the order in which
 * members were added does not count.
 *
 * @module
 */

import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

/** Writes the number of entries and the digest of each: of its key followed by its value. */
export function writeMap(walk: Walk, map: ReadonlyMap<unknown, unknown>): void {
  const digests: string[] = [];
  let step = 0;
  for (const [key, value] of Map.prototype.entries.call(map)) {
    const digest = walk.framed(() => {
      walk.part(step++, key);
      walk.part(step++, value);
    });
    digests.push(digest.toString("latin1"));
  }
  walk.sink.byte(Tag.map);
  writeSorted(walk, digests);
}

/** Writes the number of members and the digest of each. */
export function writeSet(walk: Walk, set: ReadonlySet<unknown>): void {
  const digests: string[] = [];
  for (const value of Set.prototype.values.call(set)) {
    const step = digests.length;
    digests.push(walk.framed(() => walk.part(step, value)).toString("latin1"));
  }
  walk.sink.byte(Tag.set);
  writeSorted(walk, digests);
}

// One character for each byte: strings sort several times faster than Buffers, in the same order.
function writeSorted(walk: Walk, digests: string[]): void {
  // Its members are short whatever is in them, so that its length cannot tell when to remember it.
  walk.sink.force();
  walk.sink.uint64(digests.length);
  for (const digest of digests.sort()) walk.sink.raw(Buffer.from(digest, "latin1"));
}
