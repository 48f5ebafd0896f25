/**
 * Arrays that must stay as they are while they are being stored.
 *
 * @module
 */

import { CacheError } from "../errors.ts";
import type { Undigested } from "../format/record.ts";
import type { PlannedSidecar } from "../format/value.ts";
import { Digest, digestBytes } from "../hash/xxh3.ts";

/** The checksum of the content of a sidecar as it is now. */
export function digestOf({ source, pieces }: Pick<PlannedSidecar, "source" | "pieces">): string {
  if (source) return digestBytes(source);
  const digest = new Digest();
  for (const piece of pieces()) digest.update(piece);
  return digest.hex();
}

/** The error for a sidecar whose content is not what it was when storing it began. */
export function changed({ className, bytes }: Undigested): CacheError {
  return new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    `a ${className} of ${bytes} bytes in it was changed while it was being stored. ` +
      "Return an array that nothing writes to any more, such as a copy",
  );
}
