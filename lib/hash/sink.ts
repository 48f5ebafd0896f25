/**
 * Bytes of a canonical encoding on their way into a digest: gathered in one buffer, cut into frames.
 *
 * A frame is a stretch of the encoding that may be replaced by its digest: the root, an object, a
 * member of a Map or Set. Frames nest. As long as everything fits into the buffer each is hashed by
 * one call; when it is full, {@link Sink} moves what belongs to frames that will be digests for
 * certain into streaming digests, so that the buffer stays small whatever is written.
 *
 * @module
 */

import { Tag } from "./tag.ts";
import { Digest, rawDigest } from "./xxh3.ts";

const CAPACITY = 2 ** 16;
const SHORT_TEXT = 32;

/** Receives an encoding. Integers and code units are little-endian. */
export class Sink {
  #bytes: Buffer = Buffer.allocUnsafeSlow(CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #position = 0;
  #frames = 0;
  #digested = 0;
  // One element for each open frame: where its own bytes start, beyond how many of them it is
  // certain to become a digest, and the digest that took its earlier bytes.
  readonly #starts: number[] = [];
  readonly #limits: number[] = [];
  readonly #streams: (Digest | undefined)[] = [];

  /** How many bytes went into digests so far, apart from those of arrays. */
  get digested(): number {
    return this.#digested;
  }

  /** How many frames are open. */
  get frames(): number {
    return this.#frames;
  }

  /** Ends frames until so many are open, as when an error left them open. */
  unwind(frames: number): void {
    while (this.#frames > frames) {
      const digest = this.close();
      if (digest !== undefined) this.raw(digest);
    }
  }

  /** Starts a frame whose encoding is kept when it has at most `limit` bytes (-1: never). */
  open(limit: number): void {
    this.#starts[this.#frames] = this.#position;
    this.#limits[this.#frames] = limit;
    this.#streams[this.#frames] = undefined;
    this.#frames++;
  }

  /** Makes a digest of the innermost frame, however short it is. */
  force(): void {
    this.#limits[this.#frames - 1] = -1;
  }

  /**
   * Ends the innermost frame. If it is longer than its limit its bytes are taken out, and their
   * digest is returned; otherwise they stay and nothing is.
   */
  close(): Buffer | undefined {
    const frame = --this.#frames;
    const start = this.#starts[frame] ?? 0;
    const stream = this.#streams[frame];
    if (stream === undefined && this.#position - start <= (this.#limits[frame] ?? 0)) {
      return undefined;
    }
    const rest = this.#bytes.subarray(start, this.#position);
    this.#position = start;
    this.#digested += rest.length;
    if (stream === undefined) return rawDigest(rest);
    this.#streams[frame] = undefined;
    stream.update(rest);
    return stream.raw();
  }

  /** Ends the innermost frame, which is short, and takes out its bytes: valid until the next write. */
  take(): Uint8Array {
    const frame = --this.#frames;
    // Half of a frame has another digest.
    if (this.#streams[frame] !== undefined) throw new RangeError("The frame was too long");
    const start = this.#starts[frame] ?? 0;
    const bytes = this.#bytes.subarray(start, this.#position);
    this.#position = start;
    return bytes;
  }

  /** Forgets everything written, and the memory beyond the usual. */
  reset(): void {
    // Frames are open only if something was thrown.
    if (this.#frames > 0) this.#streams.length = 0;
    this.#position = 0;
    this.#frames = 0;
    this.#digested = 0;
    if (this.#bytes.length > CAPACITY) this.#resize(CAPACITY);
  }

  /** Writes one byte, a tag. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#position++] = value;
  }

  /** Writes a count or length in 8 bytes. */
  uint64(value: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#position, value % 2 ** 32, true);
    this.#view.setUint32(this.#position + 4, Math.floor(value / 2 ** 32), true);
    this.#position += 8;
  }

  /** Writes the bits of a number in 8 bytes; every NaN has the same. */
  float64(value: number): void {
    this.#reserve(8);
    if (Number.isNaN(value)) {
      this.#view.setUint32(this.#position, 0, true);
      this.#view.setUint32(this.#position + 4, 0x7ff80000, true);
    } else {
      this.#view.setFloat64(this.#position, value, true);
    }
    this.#position += 8;
  }

  /** Writes a number with its tag. */
  number(value: number): void {
    this.byte(Tag.number);
    this.float64(value);
  }

  /** Writes a string: its length in code units, then each in two bytes, lone surrogates as well. */
  text(value: string): void {
    const { length } = value;
    this.uint64(length);
    if (length <= SHORT_TEXT) {
      this.#reserve(2 * length);
      for (let i = 0; i < length; i++) {
        this.#view.setUint16(this.#position, value.charCodeAt(i), true);
        this.#position += 2;
      }
      return;
    }
    for (let start = 0; start < length; ) {
      this.#reserve(2);
      const room = Math.floor((this.#bytes.length - this.#position) / 2);
      const slice = value.slice(start, start + room);
      this.#position += this.#bytes.write(slice, this.#position, "utf16le");
      start += slice.length;
    }
  }

  /** Writes a few bytes: those of a digest, or of {@link Sink.encoded}. */
  raw(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** What `write` writes: some bytes that are needed often. */
  static encoded(write: (sink: Sink) => void): Buffer {
    const sink = new Sink();
    write(sink);
    return Buffer.from(sink.#bytes.subarray(0, sink.#position));
  }

  #reserve(size: number): void {
    if (this.#position + size > this.#bytes.length) this.#drain(size);
  }

  #drain(size: number): void {
    let kept = 0;
    for (let frame = 0; frame < this.#frames; frame++) {
      const start = this.#starts[frame] ?? 0;
      const last = frame + 1 === this.#frames;
      const end = last ? this.#position : (this.#starts[frame + 1] ?? 0);
      const certain = end - start > (this.#limits[frame] ?? 0);
      this.#starts[frame] = kept;
      if (certain || this.#streams[frame] !== undefined) {
        this.#digested += end - start;
        this.#streams[frame] ??= new Digest();
        this.#streams[frame]?.update(this.#bytes.subarray(start, end));
      } else {
        this.#bytes.copyWithin(kept, start, end);
        kept += end - start;
      }
    }
    this.#position = kept;
    // Very deep nesting keeps some bytes of each level; room for more keeps this from recurring.
    if (kept + size > this.#bytes.length / 2) this.#resize(2 * this.#bytes.length);
  }

  #resize(capacity: number): void {
    const bytes = Buffer.allocUnsafeSlow(capacity);
    this.#bytes.copy(bytes, 0, 0, this.#position);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
