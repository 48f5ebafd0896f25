/**
 * Some stretches of an array, for a guess at what compressing all of it would give.
 *
 * @module
 */

import type { PlannedSidecar } from "./value.ts";

/** What a sample is taken of. */
export interface Sampled extends Pick<PlannedSidecar, "source" | "pieces"> {
  readonly record: { readonly bytes: number };
}

const STRETCHES = 4;
const STRETCH_BYTES = 2 ** 16;
/** What is packed on its way to the file is sampled from its beginning. */
const MOST_PACKED = 2 ** 23;

/** Up to four stretches of 64 KiB over all of the content; all of it where it is no larger. */
export function sampleOf({ record, source, pieces }: Sampled): Uint8Array[] {
  const { bytes } = record;
  if (!source) return ofPieces(pieces());
  const [buffer, byteOffset] = ArrayBuffer.isView(source)
    ? [source.buffer, source.byteOffset]
    : [source, 0];
  const at = (start: number, length: number): Uint8Array =>
    new Uint8Array(buffer, byteOffset + start, length);
  if (bytes <= STRETCHES * STRETCH_BYTES) return bytes > 0 ? [at(0, bytes)] : [];
  // Whole elements, of whatever size.
  const step = (bytes - STRETCH_BYTES) / (STRETCHES - 1);
  return Array.from({ length: STRETCHES }, (_, i) =>
    at(STRETCH_BYTES * Math.floor((i * step) / STRETCH_BYTES), STRETCH_BYTES),
  );
}

function ofPieces(pieces: Iterable<Uint8Array>): Uint8Array[] {
  const sample: Uint8Array[] = [];
  let seen = 0;
  for (const piece of pieces) {
    seen += piece.byteLength;
    // The memory of a piece may be used for the next one.
    sample.push(piece.slice(0, STRETCH_BYTES));
    if (seen >= MOST_PACKED || sample.length === 2 * STRETCHES) break;
  }
  return sample;
}
