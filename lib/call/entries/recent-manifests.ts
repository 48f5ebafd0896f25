/**
 * Manifests that were decoded before: equal bytes need not be decoded again.
 *
 * Who calls a function with the same arguments over and over has its entry's file read each time, as
 * others may have replaced it. Comparing what was read takes a tenth of the time for checking and
 * parsing it.
 *
 * @module
 */

import type { EntryKey } from "../../store/layout.ts";
import { type EntryManifest, manifestOf } from "./entries.ts";

const MOST = 256;
const LARGEST = 4096;

/** A manifest with the bytes that it was decoded from, and the file that they are of. */
export interface Decoded {
  readonly path: string;
  readonly bytes: Buffer;
  readonly manifest: EntryManifest;
}

/** The last manifests of a store. */
export class RecentManifests {
  readonly #byArguments = new Map<string, Decoded>();
  /** What was decoded once: most entries are read only once, or over and over. */
  readonly #once = new Set<string>();

  /** What was decoded last for a key: to be used where the file has the same bytes. */
  get(key: EntryKey): Decoded | undefined {
    const known = this.#byArguments.get(key.argsId);
    return known && isOf(key, known.manifest) ? known : undefined;
  }

  /**
   * What {@link manifestOf} returns, maybe once more. Kept for later from the second time on.
   *
   * @param path where the bytes were read.
   */
  manifest(key: EntryKey, bytes: Buffer, path: () => string): EntryManifest {
    const known = this.get(key);
    if (known?.bytes.equals(bytes)) return known.manifest;
    const manifest = manifestOf(key, bytes);
    if (!isPlain(manifest) || bytes.byteLength > LARGEST) return manifest;
    const { argsId } = key;
    if (this.#once.delete(argsId)) {
      if (this.#byArguments.size >= MOST) this.#byArguments.clear();
      this.#byArguments.set(argsId, { path: path(), bytes: Buffer.from(bytes), manifest });
    } else {
      if (this.#once.size >= MOST) this.#once.clear();
      this.#once.add(argsId);
    }
    return manifest;
  }
}

/** Whether nothing in a manifest becomes part of a value: the shape of an ndarray does. */
function isPlain({ arrays, inline }: EntryManifest): boolean {
  return (
    inline === undefined &&
    arrays.every((record) => !("arrow" in record) && record.ndarray === undefined)
  );
}

/** The bytes name the key that they belong to, but another one may be asked for. */
function isOf({ functionId, codeId, argsId }: EntryKey, { key }: EntryManifest): boolean {
  return key.functionId === functionId && key.codeId === codeId && key.argsId === argsId;
}
