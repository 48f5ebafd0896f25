/**
 * A value taken down, for callers who each get one of their own.
 *
 * It is taken down as a store would, so that what comes back is exact or nothing.
 *
 * @module
 */

import { fetchArray, fetchBytes, type RemoteFile } from "../../file/fetch.ts";
import { outgoing } from "../../file/outgoing.ts";
import { decodeValue } from "../../format/value.ts";

/** A value taken down. */
export interface Snapshot {
  /** Another value like it. */
  copy(): Promise<unknown>;
}

/**
 * Takes a value down as it is now; what cannot be changed is itself.
 *
 * @returns `undefined` for a value that would not come back the same.
 */
export function snapshotOf(value: unknown): Snapshot | undefined {
  const canChange = (typeof value === "object" && value !== null) || typeof value === "function";
  if (!canChange) return { copy: async () => value };
  try {
    const { encoded, files } = outgoing(value);
    const held = new Map<string, RemoteFile>();
    for (const { name, byteLength, pieces } of files) {
      const bytes = new Uint8Array(byteLength);
      let end = 0;
      for (const piece of pieces) {
        bytes.set(piece, end);
        end += piece.byteLength;
      }
      held.set(name, inMemory(name, bytes));
    }
    const fileOf = (name: string): RemoteFile => held.get(name) as RemoteFile;
    return {
      async copy() {
        const { value: record, arrays } = encoded;
        const loaded = new Map<string, unknown>();
        for (const array of arrays) {
          loaded.set(array.file, await fetchArray(fileOf(array.file), array, "none"));
        }
        const frame =
          "file" in record ? await fetchBytes(fileOf(record.file), record.bytes) : new Uint8Array();
        return decodeValue(encoded, { array: ({ file }) => loaded.get(file), bytes: () => frame });
      },
    };
  } catch {
    // Whoever needs it computes it.
    return undefined;
  }
}

function inMemory(where: string, bytes: Uint8Array): RemoteFile {
  return {
    where,
    async read(position, target) {
      target.set(bytes.subarray(position, position + target.byteLength));
      return bytes.byteLength;
    },
  };
}
