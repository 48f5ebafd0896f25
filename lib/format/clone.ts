/**
 * Values as structured clones in which each dense array is a numbered slot.
 *
 * ```
 * ff 0f        header of V8's serialization format
 * …            the value; an array in it is one of
 *   5c n         a view: host object, slot n
 *   74 n         an ArrayBuffer: transferred, slot n
 *   5c n 75 00   a SharedArrayBuffer: host object, slot n, and what V8 adds
 * n            how many slots there are
 * ```
 *
 * Numbers are varints. No byte of an array is in the clone, so that decoding never makes a view of
 * the clone's own memory, as `v8.deserialize` does with some arrays and not with others.
 *
 * @module
 */

import { types } from "node:util";
import { Deserializer, Serializer } from "node:v8";
import type { DenseArray } from "../array/dense.ts";
import { CacheError } from "../errors.ts";
import { storableArrays, tooDeep } from "./storable.ts";
import { unstorable } from "./unstorable.ts";

/** A value apart from its arrays, and the arrays. */
export interface EncodedClone {
  /** The clone. */
  readonly bytes: Uint8Array;
  /** The array of each slot: the caller's own, not copies. */
  readonly arrays: readonly DenseArray[];
}

const VERSION_TAG = 0xff;
/** What every Node from 18 to 26 writes; a newer format is refused by V8, an older one here. */
const OLDEST_VERSION = 15;
const HOST_OBJECT_TAG = 0x5c;
const SHARED_ARRAY_BUFFER_TAG = 0x75;

/**
 * Clones a value, in the order: identity, cycles, holes and property order are kept.
 *
 * `root` is what the path of a refusal begins with.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to what would not come back the same.
 */
export function encodeClone(value: unknown, root: string = "result"): EncodedClone {
  const arrays = storableArrays(value, root);
  const serializer = new SlotSerializer([...arrays.keys()]);
  serializer.writeHeader();
  try {
    serializer.writeValue(value);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(root, error);
    const reason = error instanceof Error ? error.message : String(error);
    throw unstorable(root, `V8 cannot clone it (${reason})`, error);
  }
  serializer.writeUint32(arrays.size);
  return { bytes: serializer.releaseBuffer(), arrays: [...arrays.values()] };
}

/**
 * Makes the value again, with `arrays[n]` itself, not a copy, where slot n is.
 *
 * Safe for any bytes: nothing of them is executed, `__proto__` is a property like any other.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY`
 */
export function decodeClone(bytes: Uint8Array, arrays: readonly unknown[]): unknown {
  if (bytes[0] !== VERSION_TAG || (bytes[1] ?? 0) < OLDEST_VERSION) {
    throw corrupt("it does not begin with a header");
  }
  let value: unknown;
  let slots: number;
  let isEnd: boolean;
  try {
    const deserializer = new SlotDeserializer(bytes, arrays);
    deserializer.readHeader();
    value = deserializer.readValue();
    slots = deserializer.readUint32();
    isEnd = deserializer.isAtEnd();
  } catch (error) {
    throw corrupt(error instanceof Error ? error.message : String(error), error);
  }
  if (slots !== arrays.length) throw corrupt(`${slots} slots for ${arrays.length} arrays`);
  if (!isEnd) throw corrupt("bytes follow its end");
  return value;
}

// The hooks of both classes that begin with an underscore are documented; @types/node lacks them.

class SlotSerializer extends Serializer {
  declare readonly _setTreatArrayBufferViewsAsHostObjects: (flag: boolean) => void;
  readonly #slots: ReadonlyMap<unknown, number>;

  constructor(arrays: readonly object[]) {
    super();
    this.#slots = new Map(arrays.map((array, slot) => [array, slot]));
    this._setTreatArrayBufferViewsAsHostObjects(true);
    for (const [slot, array] of arrays.entries()) {
      if (types.isArrayBuffer(array)) this.transferArrayBuffer(slot, array);
    }
  }

  _writeHostObject(object: object): void {
    this.writeUint32(this.#slotOf(object));
  }

  /**
   * Called before V8 writes `75` and the number returned. Its reader has no way to be given a
   * SharedArrayBuffer (`transferArrayBuffer` does not do it, whatever the documentation says), so
   * what it will read comes before: a host object, which takes the two bytes after it as its own.
   */
  _getSharedArrayBufferId(buffer: SharedArrayBuffer): number {
    this.writeRawBytes(Uint8Array.of(HOST_OBJECT_TAG));
    this.writeUint32(this.#slotOf(buffer));
    return 0;
  }

  #slotOf(array: object): number {
    const slot = this.#slots.get(array);
    if (slot === undefined)
      throw new TypeError(`no slot for ${Object.prototype.toString.call(array)}`);
    return slot;
  }
}

class SlotDeserializer extends Deserializer {
  readonly #arrays: readonly unknown[];

  constructor(bytes: Uint8Array, arrays: readonly unknown[]) {
    super(bytes);
    this.#arrays = arrays;
    for (const [slot, array] of arrays.entries()) {
      if (types.isArrayBuffer(array)) this.transferArrayBuffer(slot, array);
    }
  }

  _readHostObject(): unknown {
    const slot = this.readUint32();
    if (slot >= this.#arrays.length) throw new RangeError(`there is no slot ${slot}`);
    const array = this.#arrays[slot];
    if (types.isSharedArrayBuffer(array)) {
      const follows = [this.readUint32(), this.readUint32()];
      if (follows[0] !== SHARED_ARRAY_BUFFER_TAG || follows[1] !== 0) {
        throw new TypeError(`slot ${slot} is no SharedArrayBuffer`);
      }
    }
    return array;
  }

  isAtEnd(): boolean {
    try {
      this.readRawBytes(1);
      return false;
    } catch {
      return true;
    }
  }
}

function corrupt(what: string, cause?: unknown): CacheError {
  const message = `the structured clone is damaged: ${what}`;
  return new CacheError("ERR_CORRUPT_ENTRY", message, cause === undefined ? {} : { cause });
}
