/**
 * What is known of the memory of buffers: for most maps their digest, their end and the arrays on them,
 * in one weak table. An entry in each of three took a good part of the time to map an array.
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
