/**
 * What is known of the memory of buffers, in one weak table for all layers: an entry in each of several
 * is a good part of what a map costs.
 *
 * @module
 */

import type { KnownDigest } from "./known-digest.ts";

/** What is known of the memory of a buffer. Lives as long as the buffer, and may refer to it. */
export class BufferFacts {
  /** A digest of some of its bytes. */
  digest: KnownDigest | undefined = undefined;
}

const factsOfBuffer = new WeakMap<ArrayBufferLike, BufferFacts>();

/** What is known of a buffer, if anything is. */
export function factsOf(buffer: ArrayBufferLike): BufferFacts | undefined {
  return factsOfBuffer.get(buffer);
}

/** Makes facts known, in the place of those that were. Keeps no buffer alive. */
export function setFacts(buffer: ArrayBufferLike, facts: BufferFacts): void {
  factsOfBuffer.set(buffer, facts);
}
