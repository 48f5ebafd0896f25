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

/** A manifest with the bytes that it was decoded from. */
interface Decoded {
  readonly bytes: Buffer;
  readonly manifest: EntryManifest;
}

/** The last manifests of a store. */
export class RecentManifests {
  readonly #byArguments = new Map<string, Decoded>();

  /** What {@link manifestOf} returns, maybe once more. */
  manifest(key: EntryKey, bytes: Buffer): EntryManifest {
    const known = this.#byArguments.get(key.argsId);
    if (known?.bytes.equals(bytes) && isOf(key, known.manifest)) return known.manifest;
    const manifest = manifestOf(key, bytes);
    // A description of an array may become part of the array.
    const isPlain = manifest.arrays.length === 0 && manifest.inline === undefined;
    if (isPlain && bytes.byteLength <= LARGEST) {
      if (this.#byArguments.size >= MOST) this.#byArguments.clear();
      this.#byArguments.set(key.argsId, { bytes: Buffer.from(bytes), manifest });
    }
    return manifest;
  }
}

/** The bytes name the key that they belong to, but another one may be asked for. */
function isOf({ functionId, codeId, argsId }: EntryKey, { key }: EntryManifest): boolean {
  return key.functionId === functionId && key.codeId === codeId && key.argsId === argsId;
}
