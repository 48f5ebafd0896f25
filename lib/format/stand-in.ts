/**
 * A value in which something that V8 can clone stands for each instance of a registered class, and
 * for each object that has a file of its own but is no view.
 *
 * V8 would write such an object as a plain one, and there is no way to be asked. So the value
 * is copied as far as an instance can be in it, arrays of numbers and the like aside, with an empty
 * view in the place of each: views are handed to us. What the instances are made of comes beside it,
 * in an order in which each is made of instances that come before.
 *
 * @module
 */

import type { CacheError } from "../errors.ts";
import type { RegisteredType } from "../type/registry.ts";
import { kindOf } from "./kind.ts";
import { eachKey, ownKeys } from "./own-properties.ts";
import { unstorable } from "./unstorable.ts";
import { ENCODED, pathText, type Step } from "./value-path.ts";

/** An instance of a registered class that was encoded. */
export interface EncodedInstance {
  readonly type: RegisteredType;
  /** What `encode` returned. */
  readonly encoded: unknown;
}

/** An instance apart from the value that it is in. */
export interface Apart {
  /** The name of its type. */
  readonly name: string;
  /** What it is made of, with views in the place of other instances. */
  readonly encoded: unknown;
  /** What stands in its place. */
  readonly standIn: object;
}

const NO_BYTES = new ArrayBuffer(0);

/** A view that stands for something that is no view. */
export function standIn(): object {
  return new DataView(NO_BYTES);
}

/**
 * Takes the instances, and what has a file of its own, out of a value.
 *
 * @param instances every instance in the value, encoded.
 * @param standIns what is written in place of each object that has a file, which may be itself.
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` for an instance that is made of itself.
 */
export function takeApart(
  value: unknown,
  root: string,
  instances: ReadonlyMap<object, EncodedInstance>,
  standIns: ReadonlyMap<object, object>,
): { readonly value: unknown; readonly apart: readonly Apart[] } {
  const copier = new Copier(root, instances, standIns);
  return { value: copier.copy(value), apart: copier.apart };
}

class Copier {
  readonly apart: Apart[] = [];
  readonly #root: string;
  readonly #instances: ReadonlyMap<object, EncodedInstance>;
  readonly #standIns: ReadonlyMap<object, object>;
  readonly #steps: Step[] = [];
  readonly #copies = new Map<object, unknown>();
  /** What the walk is inside of, with the number of instances around it. */
  readonly #open = new Map<object, number>();
  #depth = 0;

  constructor(
    root: string,
    instances: ReadonlyMap<object, EncodedInstance>,
    standIns: ReadonlyMap<object, object>,
  ) {
    this.#root = root;
    this.#instances = instances;
    this.#standIns = standIns;
  }

  copy(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const written = this.#standIns.get(value);
    if (written !== undefined) return written;
    const depth = this.#open.get(value);
    if (depth !== undefined && depth < this.#depth) throw this.#refusal();
    const known = this.#copies.get(value);
    if (known !== undefined) return known;

    this.#open.set(value, this.#depth);
    const instance = this.#instances.get(value);
    const copy = instance ? this.#takeOut(instance) : this.#copyObject(value);
    this.#copies.set(value, copy);
    this.#open.delete(value);
    return copy;
  }

  #copyAt(step: Step, value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    this.#steps.push(step);
    const copy = this.copy(value);
    this.#steps.pop();
    return copy;
  }

  #takeOut({ type: { name }, encoded }: EncodedInstance): object {
    this.#depth += 1;
    const inner = this.#copyAt(ENCODED, encoded);
    this.#depth -= 1;
    const inPlace = standIn();
    this.apart.push({ name, encoded: inner, standIn: inPlace });
    return inPlace;
  }

  #copyObject(value: object): object {
    switch (kindOf(value)) {
      case "Object":
        return this.#copyProperties(value, this.#remember(value, {}), ownKeys(value));
      case "Array":
        return this.#copyArray(value as unknown[]);
      case "Map":
        return this.#copyMap(value as Map<unknown, unknown>);
      case "Set":
        return this.#copySet(value as Set<unknown>);
      case "Error":
        return this.#copyError(value as Error);
      default:
        return value;
    }
  }

  /** Makes the copy known before it is filled: the object may contain itself. */
  #remember<T extends object>(value: object, copy: T): T {
    this.#copies.set(value, copy);
    return copy;
  }

  #copyProperties<T extends object>(value: object, copy: T, keys: readonly PropertyKey[]): T {
    for (const key of keys) this.#copyProperty(value, copy, key);
    return copy;
  }

  #copyProperty(from: object, to: object, key: PropertyKey): boolean {
    if (!Object.hasOwn(from, key)) return false;
    const value = this.#copyAt(key, Reflect.get(from, key));
    if (key in to) {
      const property = { value, configurable: true, enumerable: true, writable: true };
      Object.defineProperty(to, key, property);
    } else {
      Reflect.set(to, key, value);
    }
    return true;
  }

  #copyArray(array: readonly unknown[]): unknown[] {
    // V8 writes an array that it takes for one with holes in twice the bytes, and it takes those for
    // such which a literal makes at a place where others got holes.
    const copy = this.#remember(array, Array.of<unknown>());
    eachKey(array, (key) => this.#copyProperty(array, copy, key));
    if (copy.length !== array.length) copy.length = array.length;
    return copy;
  }

  #copyMap(map: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    const copy = this.#remember(map, new Map<unknown, unknown>());
    let at = 0;
    Map.prototype.forEach.call(map, (member, key) => {
      const newKey = this.#copyAt({ of: "keys", at }, key);
      copy.set(newKey, this.#copyAt({ of: "values", at }, member));
      at += 1;
    });
    return copy;
  }

  #copySet(set: ReadonlySet<unknown>): Set<unknown> {
    const copy = this.#remember(set, new Set<unknown>());
    let at = 0;
    Set.prototype.forEach.call(set, (member) => {
      copy.add(this.#copyAt({ of: "values", at }, member));
      at += 1;
    });
    return copy;
  }

  #copyError(error: Error): Error {
    if (typeof error.cause !== "object" || error.cause === null) return error;
    const cause = this.#copyAt("cause", error.cause);
    const copy = new Error();
    Object.setPrototypeOf(copy, Object.getPrototypeOf(error));
    Reflect.deleteProperty(copy, "stack");
    for (const key of ownKeys(error)) {
      const value = key === "cause" ? cause : Reflect.get(error, key);
      Object.defineProperty(copy, key, { value, configurable: true, writable: true });
    }
    return copy;
  }

  #refusal(): CacheError {
    return unstorable(
      pathText(this.#root, this.#steps),
      "an instance of a registered class is made of itself, through what its encode returns",
    );
  }
}
