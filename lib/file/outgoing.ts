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
import { compressedLater, type Packing } from "../compress/encode.ts";
import type { Compress } from "../format/compression.ts";
import type { Recipe } from "../format/frame.ts";
import type { Encoded, PlannedSidecar, PlanOptions } from "../format/value.ts";
import { Digest } from "../hash/xxh3.ts";
import type { BackendFile } from "../store/backend.ts";
import { Spool } from "./spool.ts";
import { changed, digestOf } from "./unchanged.ts";
import { compressedName, plainOf, Writing, type Written } from "./writing.ts";

/** A value that is being stored. */
export interface Outgoing {
  /** What the manifest keeps of it. */
  readonly encoded: Encoded;
  readonly files: readonly BackendFile[];
  /** @throws an error where a file was not taken to its end, so that nobody knows what it holds. */
  checkTaken(): void;
  /** Frees what it needs of this machine's disk; to be called in any case. */
  close(): void;
}

/**
 * Takes a value down as it is now, without copying its arrays.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` for a value that would not come back the same.
 */
export function outgoing(value: unknown, options: PlanOptions = {}): Outgoing {
  const writing = new Writing(value, false, options);
  const digests = writing.choices.map(({ sidecar }) => digestOf(sidecar));
  const packed = writing.choices.map(() => undefined);
  return outgoingOf(writing, digests, packed);
}

/**
 * The same with arrays compressed: to files without a name, because a store is told how long a file is
 * before it is given it. The promise is awaited, and `close` called, before anything else is done.
 */
export async function compressedOutgoing(
  value: unknown,
  compress: Compress,
  options: PlanOptions = {},
): Promise<Outgoing> {
  const writing = new Writing(value, compress, options);
  const digests = writing.choices.map(({ sidecar }) => digestOf(sidecar));
  const packed: (Packed | undefined)[] = [];
  try {
    for (const [slot, { sidecar, recipe }] of writing.choices.entries()) {
      const spool = recipe && new Spool();
      packed.push(spool && { spool, packing: undefined });
      if (!spool || !recipe) continue;
      const packing = await compressTo(spool, sidecar, recipe);
      if (packing?.digest !== digests[slot]) throw changed(sidecar.record);
      packed[slot] = { spool, packing };
    }
    return outgoingOf(writing, digests, packed);
  } catch (error) {
    for (const each of packed) each?.spool.close();
    throw error;
  }
}

/** A sidecar that was compressed to a file without a name. */
interface Packed {
  readonly spool: Spool;
  readonly packing: Packing | undefined;
}

function outgoingOf(
  writing: Writing,
  digests: readonly string[],
  packed: readonly (Packed | undefined)[],
): Outgoing {
  const { choices, clone } = writing;
  const open = new Set<string>();
  const fileOf = (name: string, byteLength: number, pieces: Iterable<Uint8Array>): BackendFile => {
    open.add(name);
    return { name, byteLength, pieces: closing(pieces, () => open.delete(name)) };
  };

  const files = choices.map(({ sidecar }, slot): BackendFile => {
    const { file: name, offset, bytes, modified } = sidecar.record;
    const { spool } = packed[slot] ?? {};
    if (spool) return fileOf(compressedName(sidecar), spool.byteLength, spool.pieces());
    const file = fileOf(name, offset + bytes, unchanged(sidecar, digests[slot] as string));
    return { ...file, modified };
  });
  if (clone) files.push(fileOf(clone.file, clone.bytes.byteLength, windows(clone.bytes)));
  const written = digests.map((digest, slot): Written => packed[slot]?.packing ?? { digest });
  return {
    ...{ encoded: writing.encoded(written), files },
    checkTaken() {
      for (const name of open) throw new Error(`the store did not take all pieces of ${name}`);
    },
    close() {
      for (const each of packed) each?.spool.close();
    },
  };
}

async function compressTo(
  spool: Spool,
  sidecar: PlannedSidecar,
  recipe: Recipe,
): Promise<Packing | undefined> {
  let packing: Packing | undefined;
  const pieces = compressedLater(plainOf(sidecar), recipe, (made) => {
    packing = made;
  });
  for await (const piece of pieces) spool.write(piece);
  return packing;
}

function* unchanged({ head, pieces, record }: PlannedSidecar, digest: string): Pieces {
  if (head.byteLength > 0) yield new Uint8Array(head);
  const found = new Digest();
  for (const piece of pieces()) {
    yield piece;
    // Not before: it may have been changed until the store was done with it.
    found.update(piece);
  }
  if (found.hex() !== digest) throw changed(record);
}

type Pieces = Generator<Uint8Array, void, undefined>;

function* closing(pieces: Iterable<Uint8Array>, close: () => void): Pieces {
  yield* pieces;
  close();
}
