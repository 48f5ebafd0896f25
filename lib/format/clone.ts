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
 * Where there are instances of registered classes, they come before the value:
 *
 * ```
 * 5c ff ff ff ff 0f   in place of the value: instances follow
 * …                   the names of their types, an array
 * n                   how many they are
 * n times  i …        the position of its name, and what it is encoded as
 * …                   the value
 * ```
 *
 * In the value, and in instances that follow, an instance is `5c` and its number, counted on from
 * the slots. Each is made of what comes before it, so that it can be decoded as soon as it is read.
 *
 * Numbers are varints. No byte of an array is in the clone, so that decoding never makes a view of
 * the clone's own memory, as `v8.deserialize` does with some arrays and not with others.
 *
 * @module
 */

import { types } from "node:util";
import { Deserializer, Serializer } from "node:v8";
import { CacheError, isCacheError } from "../errors.ts";
import { decodeInstance, needType } from "../type/codec.ts";
import type { Content } from "./content.ts";
import { type Apart, standIn, takeApart } from "./stand-in.ts";
import { storableParts, tooDeep } from "./storable.ts";
import { unstorable } from "./unstorable.ts";

/** A value apart from its arrays, and the arrays. */
export interface EncodedClone {
  /** The clone. */
  readonly bytes: Uint8Array;
  /** What is in each slot: the caller's own, not copies. */
  readonly contents: readonly Content[];
}

/** How a value is cloned. */
export interface CloneOptions {
  /** What the path of a refusal begins with: `result`, unless told otherwise. */
  readonly root?: string;
  /** Puts the contents into the order of their slots, which is that of their appearance otherwise. */
  readonly arrange?: (contents: readonly Content[]) => readonly Content[];
}

const VERSION_TAG = 0xff;
/** What every Node from 18 to 26 writes; a newer format is refused by V8, an older one here. */
const OLDEST_VERSION = 15;
const HOST_OBJECT_TAG = 0x5c;
const SHARED_ARRAY_BUFFER_TAG = 0x75;

/** A view in the place of the value, where instances come first, and the slot that it is written as. */
const INSTANCES = new DataView(new ArrayBuffer(0));
const INSTANCES_SLOT = 2 ** 32 - 1;

/**
 * Clones a value, in the order: identity, cycles, holes and property order are kept.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to what would not come back the same.
 */
export function encodeClone(
  value: unknown,
  { root = "result", arrange = (found) => found }: CloneOptions = {},
): EncodedClone {
  const { contents: found, instances } = storableParts(value, root);
  const contents = new Map(arrange([...found.values()]).map((content) => [content.of, content]));
  // V8 hands over views, and writes any other object with a file of its own as a plain one.
  const standIns = new Map<object, object>();
  for (const object of contents.keys())
    standIns.set(object, isHandedOver(object) ? object : standIn());
  const serializer = new SlotSerializer([...standIns.values()]);
  serializer.writeHeader();
  try {
    const isAsItIs = instances.size === 0 && [...standIns].every(([object, by]) => object === by);
    if (isAsItIs) {
      serializer.writeValue(value);
    } else {
      const taken = takeApart(value, root, instances, standIns);
      if (taken.apart.length > 0) serializer.writeInstances(taken.apart);
      serializer.writeValue(taken.value);
    }
  } catch (error) {
    if (isCacheError(error)) throw error;
    if (error instanceof RangeError) throw tooDeep(root, error);
    const reason = error instanceof Error ? error.message : String(error);
    throw unstorable(root, `V8 cannot clone it (${reason})`, error);
  }
  serializer.writeUint32(contents.size);
  return { bytes: serializer.releaseBuffer(), contents: [...contents.values()] };
}

/**
 * Makes the value again, with `arrays[n]` itself, not a copy, where slot n is.
 *
 * Safe for any bytes: nothing of them is executed, `__proto__` is a property like any other.
 *
 * @throws CacheError `ERR_CORRUPT_ENTRY`, and `ERR_UNSUPPORTED_VALUE` for an instance of a type that
 * is not registered here, or that `decode` does not accept.
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
    value = deserializer.readWhole();
    slots = deserializer.readUint32();
    isEnd = deserializer.isAtEnd();
  } catch (error) {
    if (isCacheError(error)) throw error;
    throw corrupt(error instanceof Error ? error.message : String(error), error);
  }
  if (slots !== arrays.length) throw corrupt(`${slots} slots for ${arrays.length} arrays`);
  if (!isEnd) throw corrupt("bytes follow its end");
  return value;
}

function isHandedOver(object: object): boolean {
  return ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object);
}

// The hooks of both classes that begin with an underscore are documented; @types/node lacks them.

class SlotSerializer extends Serializer {
  declare readonly _setTreatArrayBufferViewsAsHostObjects: (flag: boolean) => void;
  readonly #slots: Map<unknown, number>;

  constructor(arrays: readonly object[]) {
    super();
    this.#slots = new Map<unknown, number>(arrays.map((array, slot) => [array, slot]));
    this._setTreatArrayBufferViewsAsHostObjects(true);
    for (const [slot, array] of arrays.entries()) {
      if (types.isArrayBuffer(array)) this.transferArrayBuffer(slot, array);
    }
  }

  /** Writes instances, which what is written afterwards may contain. */
  writeInstances(instances: readonly Apart[]): void {
    const firstSlot = this.#slots.size;
    const names = [...new Set(instances.map(({ name }) => name))];
    const positions = new Map(names.map((name, position) => [name, position]));
    this.#slots.set(INSTANCES, INSTANCES_SLOT);
    this.writeValue(INSTANCES);
    this.writeValue(names);
    this.writeUint32(instances.length);
    for (const [i, { name, encoded, standIn }] of instances.entries()) {
      this.writeUint32(positions.get(name) ?? 0);
      this.writeValue(encoded);
      this.#slots.set(standIn, firstSlot + i);
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
  readonly #instances: object[] = [];
  #isFirst = true;

  constructor(bytes: Uint8Array, arrays: readonly unknown[]) {
    super(bytes);
    this.#arrays = arrays;
    for (const [slot, array] of arrays.entries()) {
      if (types.isArrayBuffer(array)) this.transferArrayBuffer(slot, array);
    }
  }

  _readHostObject(): unknown {
    const slot = this.readUint32();
    if (slot >= this.#arrays.length) return this.#instanceAt(slot);
    const array = this.#arrays[slot];
    if (types.isSharedArrayBuffer(array)) {
      const follows = [this.readUint32(), this.readUint32()];
      if (follows[0] !== SHARED_ARRAY_BUFFER_TAG || follows[1] !== 0) {
        throw new TypeError(`slot ${slot} is no SharedArrayBuffer`);
      }
    }
    return array;
  }

  /** Reads the value, with the instances that come before it. */
  readWhole(): unknown {
    const first: unknown = this.readValue();
    this.#isFirst = false;
    if (first !== INSTANCES) return first;
    const names: unknown = this.readValue();
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
      throw new TypeError("the names of types are missing");
    }
    for (const name of names) needType(name);
    for (let count = this.readUint32(); count > 0; count--) {
      const name: unknown = names[this.readUint32()];
      if (typeof name !== "string") throw new RangeError("an instance has no type");
      this.#instances.push(decodeInstance(name, this.readValue()));
    }
    return this.readValue();
  }

  #instanceAt(slot: number): object {
    if (slot === INSTANCES_SLOT && this.#isFirst) {
      this.#isFirst = false;
      return INSTANCES;
    }
    const instance = this.#instances[slot - this.#arrays.length];
    if (instance === undefined) throw new RangeError(`there is no slot ${slot}`);
    return instance;
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
