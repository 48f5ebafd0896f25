/**
 * Bytes and bits of an Arrow column on their way into a digest, from wherever its pieces begin.
 *
 * @module
 */

import { windows } from "../../array/bytes.ts";
import { Digest } from "../xxh3.ts";

const CAPACITY = 2 ** 14;
/** From so many bytes on, a digest takes them from where they are. */
const LONG = 2 ** 10;

/** Gathers small pieces, so that the digest is not called for each of them. */
export class ByteStream {
  readonly #digest = new Digest();
  readonly #bytes: Buffer = Buffer.allocUnsafeSlow(CAPACITY);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Adds bytes `start` to `end` of an array. */
  add(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    if (count >= LONG) {
      this.#flush();
      for (const window of windows(source.subarray(start, end))) this.#digest.update(window);
      return;
    }
    if (this.#length + count > CAPACITY) this.#flush();
    // Short strings are copied faster one byte after the other than by a call.
    if (count > 32) this.#bytes.set(source.subarray(start, end), this.#length);
    else for (let i = 0; i < count; i++) this.#bytes[this.#length + i] = source[start + i] ?? 0;
    this.#length += count;
  }

  /** Adds the bytes of a view, whatever its elements are. */
  addView(source: NodeJS.ArrayBufferView): void {
    for (const window of windows(source)) this.add(window, 0, window.byteLength);
  }

  /** Adds a number of zeros. */
  addZeros(count: number): void {
    for (let left = count; left > 0; ) {
      if (this.#length === CAPACITY) this.#flush();
      const some = Math.min(left, CAPACITY - this.#length);
      this.#bytes.fill(0, this.#length, this.#length + some);
      this.#length += some;
      left -= some;
    }
  }

  /** Adds one byte. */
  addByte(value: number): void {
    if (this.#length === CAPACITY) this.#flush();
    this.#bytes[this.#length++] = value;
  }

  /** Adds a count in 8 bytes. */
  addUint64(value: number): void {
    if (this.#length + 8 > CAPACITY) this.#flush();
    this.#view.setUint32(this.#length, value % 2 ** 32, true);
    this.#view.setUint32(this.#length + 4, Math.floor(value / 2 ** 32), true);
    this.#length += 8;
  }

  /** The digest of everything that was added. */
  raw(): Buffer {
    this.#flush();
    return this.#digest.raw();
  }

  #flush(): void {
    if (this.#length > 0) this.#digest.update(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }
}

/** Bits, least significant first, packed without gaps whatever bit a piece begins at. */
export class BitStream {
  readonly #bytes = new ByteStream();
  #pending = 0;
  #count = 0;

  /** Adds `count` bits from bit `start` of `source` on. */
  add(source: Uint8Array, start: number, count: number): void {
    let at = start;
    const end = start + count;
    while (at < end) {
      const shift = at % 8;
      const index = (at - shift) / 8;
      const wanted = Math.min(8, end - at);
      let bits = (source[index] ?? 0) >> shift;
      if (shift + wanted > 8) bits |= (source[index + 1] ?? 0) << (8 - shift);
      this.#put(bits & (0xff >> (8 - wanted)), wanted);
      at += wanted;
    }
  }

  /** Adds `count` bits that are 0 or 1. */
  addSame(bit: 0 | 1, count: number): void {
    for (let left = count; left > 0; left -= 8) {
      const some = Math.min(8, left);
      this.#put(bit * (0xff >> (8 - some)), some);
    }
  }

  /** The digest of the bits; those that fill up the last byte are 0. */
  raw(): Buffer {
    if (this.#count > 0) this.#bytes.addByte(this.#pending);
    this.#pending = 0;
    this.#count = 0;
    return this.#bytes.raw();
  }

  #put(bits: number, count: number): void {
    this.#pending |= bits << this.#count;
    this.#count += count;
    if (this.#count < 8) return;
    this.#bytes.addByte(this.#pending & 0xff);
    this.#pending >>= 8;
    this.#count -= 8;
  }
}
