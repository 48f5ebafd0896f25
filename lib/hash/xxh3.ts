/**
 * XXH3-128 of bytes: the one digest of ndmemo, for keys and for checksums.
 *
 * The only file that loads `xxhash-addon`, whose functions crash the process when they are given
 * anything but a view: everything that reaches them is checked here. Few bytes are digested by the addon
 * of ndmemo where that is loaded, from the same sources, because `xxhash-addon` makes a `Buffer` for each
 * digest, which takes longer than the digest.
 *
 * @module
 */

import { createRequire } from "node:module";
import { types } from "node:util";
import { type ByteSource, windows } from "../array/bytes.ts";
import { shippedBinary } from "../code/origin/shipped-binary.ts";
import { wrongType } from "../errors.ts";
import { loadedNative } from "../native.ts";

interface NativeDigest {
  update(data: NodeJS.ArrayBufferView): void;
  digest(): Buffer;
}

interface NativeClass {
  new (seed: Buffer): NativeDigest;
  hash(data: NodeJS.ArrayBufferView): Buffer;
}

interface Binary {
  readonly XXHash128: NativeClass;
}

const PACKAGE = "xxhash-addon";

const require = createRequire(import.meta.url);
const SEED = Buffer.alloc(8);
// One call over this much is as fast as windows over it, and saves the 2 µs of a streaming state.
const ONE_SHOT_BYTES = 2 ** 22;
// Of more, `xxhash-addon` takes wider vectors where the processor has them.
const FEW_BYTES = 2 ** 12;
const textBytes = Buffer.allocUnsafeSlow(FEW_BYTES);

let loaded: NativeClass | undefined;

function native(): NativeClass {
  loaded ??= load().XXHash128;
  return loaded;
}

function load(): Binary {
  const path = shippedBinary(PACKAGE);
  try {
    if (path !== undefined) return require(path) as Binary;
  } catch {
    // None for this system, or one that does not run here.
  }
  return require(PACKAGE) as Binary;
}

/**
 * The XXH3-128 (seed 0) of the raw bytes of a source, as 32 lower-case hex digits.
 *
 * Reads the bytes in place, whatever their number; extra memory does not grow with them.
 *
 * @throws TypeError for anything that holds no bytes, and for a detached buffer or a view of one.
 */
export function digestBytes(source: ByteSource): string {
  const view = asView(source);
  const addon = view.byteLength <= FEW_BYTES ? loadedNative() : undefined;
  return addon ? addon.digest(view) : rawDigest(view).toString("hex");
}

/** The digest of a text in UTF-8. */
export function digestText(text: string): string {
  // A code unit takes three bytes at most. A Buffer of its own would be garbage at once.
  if (text.length > FEW_BYTES / 3) return digestBytes(Buffer.from(text));
  return digestBytes(textBytes.subarray(0, textBytes.write(text)));
}

/** The same digest as {@link digestBytes} in its 16 bytes, most significant first. */
export function rawDigest(source: ByteSource): Buffer {
  const view = asView(source);
  if (view.byteLength <= ONE_SHOT_BYTES) return native().hash(view);

  const digest = new (native())(SEED);
  for (const window of windows(view)) digest.update(window);
  return digest.digest();
}

/**
 * A digest of bytes that arrive in pieces, for writers that hash what they write.
 *
 * How the bytes are cut does not matter: the result is that of {@link digestBytes} over all of them.
 */
export class Digest {
  readonly #state = new (native())(SEED);

  /** Adds bytes; they are read before this returns and not kept. */
  update(bytes: Uint8Array): void {
    this.#state.update(asView(bytes));
  }

  /** The digest of all bytes so far, as 32 lower-case hex digits. */
  hex(): string {
    return this.raw().toString("hex");
  }

  /** The same in its 16 bytes, most significant first. */
  raw(): Buffer {
    return this.#state.digest();
  }
}

function asView(source: ByteSource): NodeJS.ArrayBufferView {
  if (ArrayBuffer.isView(source)) {
    // The addon takes a detached view for an empty one; a constructor over its buffer throws.
    if (source.byteLength === 0) new Uint8Array(source.buffer);
    return source;
  }
  if (types.isAnyArrayBuffer(source)) return new DataView(source);
  throw wrongType("source", "a view, an ArrayBuffer or a SharedArrayBuffer", source);
}
