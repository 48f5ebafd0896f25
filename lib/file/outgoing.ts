/**
 * A value on its way to a store that takes its time.
 *
 * While it is being stored the program goes on, and may write to the arrays in it: a function that
 * returns the same buffer at each call does. So every array has its checksum before anything is
 * waited for, and its bytes are compared with it after they were used. A value that changed under
 * way is not stored: neither what it was is there any more, nor is what was written one state of it.
 *
 * @module
 */

import { windows } from "../array/bytes.ts";
import { CacheError } from "../errors.ts";
import { type Encoded, type PlannedArray, planValue } from "../format/value.ts";
import { Digest, digestBytes } from "../hash/xxh3.ts";
import type { BackendFile } from "../store/backend.ts";

/** A value that is being stored. */
export interface Outgoing {
  /** What the manifest keeps of it. */
  readonly encoded: Encoded;
  readonly files: readonly BackendFile[];
  /** @throws an error where a file was not taken to its end, so that nobody knows what it holds. */
  checkTaken(): void;
}

/**
 * Takes a value down as it is now, without copying its arrays.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` for a value that would not come back the same.
 */
export function outgoing(value: unknown): Outgoing {
  const { arrays, clone, encoded } = planValue(value);
  const open = new Set<string>();
  const fileOf = (name: string, byteLength: number, pieces: Iterable<Uint8Array>): BackendFile => {
    open.add(name);
    return { name, byteLength, pieces: closing(pieces, () => open.delete(name)) };
  };

  const digests: string[] = [];
  const files = arrays.map((array): BackendFile => {
    const { record, source } = array;
    const digest = digestBytes(source);
    digests.push(digest);
    const file = fileOf(record.file, record.offset + record.bytes, unchanged(array, digest));
    return { ...file, modified: record.modified };
  });
  if (clone) files.push(fileOf(clone.file, clone.bytes.byteLength, windows(clone.bytes)));
  return {
    ...{ encoded: encoded(digests), files },
    checkTaken() {
      for (const name of open) throw new Error(`the store did not take all pieces of ${name}`);
    },
  };
}

function* unchanged({ header, source, record }: PlannedArray, digest: string): Pieces {
  yield new Uint8Array(header);
  const found = new Digest();
  for (const window of windows(source)) {
    yield window;
    // Not before: it may have been changed until the store was done with it.
    found.update(window);
  }
  if (found.hex() === digest) return;
  throw new CacheError(
    "ERR_UNSUPPORTED_VALUE",
    `a ${record.className} of ${record.bytes} bytes in it was changed while it was being stored. ` +
      "Return an array that nothing writes to any more, such as a copy",
  );
}

type Pieces = Generator<Uint8Array, void, undefined>;

function* closing(pieces: Iterable<Uint8Array>, close: () => void): Pieces {
  yield* pieces;
  close();
}
