/**
 * Digests of memory that need not be computed: those of maps that nobody has written to.
 *
 * Whoever maps a file knows the digest of its bytes from the manifest. As long as the pages are those
 * of the file, and the file is as it was written, hashing the whole array reads no byte of it.
 *
 * @module
 */

import { BufferFacts, factsOf, setFacts } from "./buffer-facts.ts";

/** What is known about a piece of memory. */
export interface KnownDigest {
  /** Where in its buffer the piece begins. */
  readonly byteOffset: number;
  /** How long it is; a part of it has no known digest. */
  readonly byteLength: number;
  /** XXH3-128 of its bytes, in 16 bytes. */
  readonly digest: Buffer;
  /** Whether the bytes are still those that were hashed. Asked each time, so it must be quick. */
  isCurrent(): boolean;
}

/** Makes the digest of a piece of memory known for as long as it is current. Keeps nothing alive. */
export function rememberDigest(buffer: ArrayBufferLike, digest: KnownDigest): void {
  let facts = factsOf(buffer);
  if (facts === undefined) {
    facts = new BufferFacts();
    setFacts(buffer, facts);
  }
  facts.digest = digest;
}

/** The digest of exactly this piece of memory, if it is known. */
export function knownDigest({ buffer, byteOffset, byteLength }: DataView): Buffer | undefined {
  const known = factsOf(buffer)?.digest;
  if (known?.byteOffset !== byteOffset || known.byteLength !== byteLength) return undefined;
  return known.isCurrent() ? known.digest : undefined;
}
