/**
 * The digest of a typed array that is nothing but its elements, without a pass over it as an object.
 *
 * It is the digest that the pass gives. Most arguments that are large are such arrays, and of mapped
 * ones, whose digest is known, the pass would be most of the work.
 *
 * @module
 */

import { builtInName } from "./base.ts";
import { elementCount, typedArrayMemory, typedArrayNameOf, writeTypedArray } from "./dense.ts";
import { hasOnlyIndices } from "./index-key.ts";
import { knownDigest } from "./known-digest.ts";
import type { Sink } from "./sink.ts";
import { digestBytes, rawDigest } from "./xxh3.ts";

/** The limit of a frame that always becomes a digest. */
export const NEVER_KEPT = -1;

/**
 * The digest of a plain typed array, a `Buffer` among them; undefined for any other view.
 *
 * @param sink an empty one, which it leaves empty.
 */
export function plainArrayDigest(sink: Sink, view: object): string | undefined {
  const elements = typedArrayNameOf(view);
  const prototype: object | null = Object.getPrototypeOf(view);
  if (elements === undefined || prototype === null) return undefined;
  const className = builtInName(prototype);
  const isOfElements =
    className === elements || (className === "Buffer" && elements === "Uint8Array");
  if (className === undefined || !isOfElements) return undefined;
  if (Reflect.get(view, Symbol.toStringTag) !== elements) return undefined;
  const length = elementCount(view);
  if (!hasOnlyIndices(view, length)) return undefined;

  let memory: DataView;
  try {
    memory = typedArrayMemory(view);
  } catch {
    // It is detached, which is for others to say.
    return undefined;
  }
  const digest = knownDigest(memory) ?? rawDigest(memory);
  sink.open(NEVER_KEPT);
  writeTypedArray(sink, className, elements, length, digest);
  return digestBytes(sink.take());
}
