/**
 * Bytes in place: windows over a buffer that are small enough for every system call.
 *
 * @module
 */

/** Memory that holds bytes: a view, an `ArrayBuffer` or a `SharedArrayBuffer`. */
export type ByteSource = NodeJS.ArrayBufferView | ArrayBufferLike;

/** Bytes that lie nowhere as they are, and are made in windows. */
export interface Packed {
  readonly byteLength: number;
  /** The same bytes each time. A window may be overwritten once the next is asked for. */
  pieces(): Iterable<Uint8Array>;
}

/** The bytes of a source in windows, whether it is memory or not. */
export function piecesOf(source: ByteSource | Packed): Iterable<Uint8Array> {
  return isMemory(source) ? windows(source) : source.pieces();
}

/** Whether a source is memory. */
export function isMemory(source: ByteSource | Packed): source is ByteSource {
  return !("pieces" in source);
}

/**
 * Yields consecutive `Uint8Array`s over the bytes of a source: views, never copies.
 *
 * Honours `byteOffset` and `byteLength` of a view. A window is at most `maxBytes` long (1 MiB
 * unless told otherwise), because a `read` or `write` of 2 GiB fails, and because a `Uint8Array`
 * ends at 4 GiB on Node 20 although a `Float64Array` does not. An empty source yields nothing.
 */
export function* windows(source: ByteSource, maxBytes: number = 2 ** 20): Generator<Uint8Array> {
  const [buffer, byteOffset] = ArrayBuffer.isView(source)
    ? [source.buffer, source.byteOffset]
    : [source, 0];
  const { byteLength } = source;
  for (let start = 0; start < byteLength; start += maxBytes) {
    yield new Uint8Array(buffer, byteOffset + start, Math.min(maxBytes, byteLength - start));
  }
}
