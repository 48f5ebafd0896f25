/**
 * What of a value a structured clone would silently change: refused here, before anything is stored.
 *
 * V8 drops classes, symbols, getters, hidden properties and much of an `Error` without a word, and
 * the caller's second call would then see another result than the first. The walk runs no code of
 * the value (no getter, no trap, no iterator) and collects the dense arrays on its way, since their
 * bytes are not cloned but written to files of their own. What a registered class encodes an
 * instance as is walked like any other part of the value.
 *
 * Not refused, because programs rely on caching such results and equality does not see it: a frozen
 * object comes back unfrozen, and two views of one buffer come back as arrays of their own.
 *
 * @module
 */

import { types } from "node:util";
import { builtInClass } from "../array/built-in.ts";
import type { ByteSource } from "../array/bytes.ts";
import { denseNdarray, hasMemory, ndarrayOf } from "../array/ndarray.ts";
import type { CacheError } from "../errors.ts";
import { encodeInstance } from "../type/codec.ts";
import { genericNdarray } from "../type/generic.ts";
import { isCurrent, registeredType } from "../type/registry.ts";
import { type Content, contentOf } from "./content.ts";
import { kindOf } from "./kind.ts";
import { eachKey, hasOwnProperties, ownKeys } from "./own-properties.ts";
import type { EncodedInstance } from "./stand-in.ts";
import {
  unstorable,
  whyNotClass,
  whyNotCurrent,
  whyNotDense,
  whyNotFunction,
  whyNotInError,
  whyNotProperty,
} from "./unstorable.ts";
import { ENCODED, pathText, type Step } from "./value-path.ts";

/** V8 clones about 1,500 levels on the stack of a main thread; the caller needs some of it. */
const DEEPEST = 1000;

/** What of a value is not cloned as it is, by identity, in the order in which it first appears. */
export interface Parts {
  /** What has a file of its own. */
  readonly contents: ReadonlyMap<object, Content>;
  /** The instances of registered classes. Arrays in what they are encoded as are among the contents. */
  readonly instances: ReadonlyMap<object, EncodedInstance>;
}

/**
 * The dense arrays and instances in a value; each instance is encoded once.
 *
 * Costs 0.1 to 0.4 µs for each property and element that is not in a dense array. `root` is what a
 * path begins with.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` with the path to the first part that would not come
 * back the same.
 */
export function storableParts(value: unknown, root: string): Parts {
  const walk = new Walk(root);
  try {
    walk.visit(value);
  } catch (error) {
    // The caller may have left less of the stack than the deepest value needs.
    if (error instanceof RangeError) throw tooDeep(root, error);
    throw error;
  }
  return walk;
}

/** The error for a value of more levels than V8 can clone. */
export function tooDeep(path: string, cause?: unknown): CacheError {
  return unstorable(path, `nested deeper than ${DEEPEST} levels, or than the stack allows`, cause);
}

/** The classes of errors that come back as they were. */
const ERRORS = new Set(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
    ({ name }) => name,
  ),
);

class Walk implements Parts {
  readonly contents = new Map<object, Content>();
  readonly instances = new Map<object, EncodedInstance>();
  readonly #root: string;
  readonly #steps: Step[] = [];
  readonly #seen = new Set<object>();
  /** The errors that the walk is inside of. */
  readonly #openErrors = new Set<object>();

  constructor(root: string) {
    this.#root = root;
  }

  visit(value: unknown): void {
    if (typeof value === "function") throw this.#refusal(whyNotFunction(value));
    if (typeof value === "symbol") throw this.#refusal("a symbol");
    if (typeof value !== "object" || value === null) return;
    if (this.#seen.has(value)) {
      // Node 20 writes it and cannot read it again.
      if (this.#openErrors.has(value)) throw this.#refusal("an error that contains itself");
      return;
    }
    this.#seen.add(value);
    if (this.#steps.length > DEEPEST) throw tooDeep(this.#path());
    if (types.isProxy(value)) {
      if (!this.#visitNdarray(value)) throw this.#refusal("a Proxy");
    } else if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value))
      this.#visitDense(value);
    else this.#visitObject(value);
  }

  #visitAt(step: Step, value: unknown): void {
    if (!isPart(value)) return;
    this.#steps.push(step);
    this.visit(value);
    this.#steps.pop();
  }

  #visitObject(value: object): void {
    const kind = kindOf(value);
    const builtIn = builtInClass(value);
    const isOwnKind = kind === "Error" ? ERRORS.has(builtIn ?? "") : builtIn === kind;
    if (!isOwnKind) this.#visitForeign(value);
    else if (kind === "Object") for (const key of ownKeys(value)) this.#visitKey(value, key);
    else if (kind === "Array") eachKey(value as unknown[], (key) => this.#visitKey(value, key));
    else if (kind === "Error") this.#visitError(value as Error);
    else this.#visitSlots(value, kind);
  }

  /** Visits a property that V8 clones if it is ordinary; false where there is none. */
  #visitKey(object: object, key: PropertyKey): boolean {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (!property) return false;
    const isOrdinary = typeof key !== "symbol" && property.enumerable && "value" in property;
    if (!isOrdinary) throw this.#refusalAt(key, whyNotProperty(key, property));
    this.#visitAt(key, property.value);
    return true;
  }

  /** Visits what holds its content in internal slots, from where V8 takes it. */
  #visitSlots(value: object, kind: string): void {
    for (const key of ownKeys(value)) {
      if (kind === "String" && (key === "length" || isIndex(key))) continue;
      if (kind === "RegExp" && key === "lastIndex") {
        if (Object.is((value as RegExp).lastIndex, 0)) continue;
        throw this.#refusalAt(key, "the position of a RegExp would be reset to 0");
      }
      throw this.#refusalAt(key, whyLost(kind));
    }
    let at = 0;
    const visitEntry = (member: unknown, key: unknown): void => {
      if (kind === "Map") this.#visitAt({ of: "keys", at }, key);
      this.#visitAt({ of: "values", at }, member);
      at += 1;
    };
    if (kind === "Map") Map.prototype.forEach.call(value, visitEntry);
    if (kind === "Set") Set.prototype.forEach.call(value, visitEntry);
  }

  #visitError(error: Error): void {
    this.#openErrors.add(error);
    for (const key of ownKeys(error)) {
      const property = Object.getOwnPropertyDescriptor(error, key) as PropertyDescriptor;
      const reason = whyNotInError(error, key, property);
      if (reason !== undefined) throw this.#refusalAt(key, reason);
      if (key === "cause") this.#visitAt(key, property.value);
    }
    this.#openErrors.delete(error);
  }

  #visitDense(value: ByteSource): void {
    const content = contentOf(value);
    if (!content || !("array" in content)) {
      this.#visitInstance(value, whyNotDense);
      return;
    }
    const { array } = content;
    const isTypedArray = types.isTypedArray(value);
    const [key] = isTypedArray ? [] : ownKeys(value);
    if (key !== undefined) throw this.#refusalAt(key, whyLost(array.className));
    if (isTypedArray && hasOwnProperties(value, array)) {
      throw this.#refusal(`it has ${whyLost(array.className)}`);
    }
    this.contents.set(value, content);
  }

  /** Visits an object of a class that is not the language's. */
  #visitForeign(value: object): void {
    if (!registeredType(value)) {
      if (this.#visitNdarray(value)) return;
      const content = contentOf(value);
      if (content) {
        this.contents.set(value, content);
        return;
      }
    }
    this.#visitInstance(value, whyNotClass);
  }

  /** Visits an ndarray; false where the object is none. */
  #visitNdarray(value: object): boolean {
    const ndarray = ndarrayOf(value);
    if (ndarray === undefined) return false;
    if ("problem" in ndarray) throw this.#refusal(`an ndarray ${ndarray.problem}`);
    const [key] = ndarray.ownKeys();
    if (key !== undefined) throw this.#refusalAt(key, whyLost("ndarray"));
    if (hasMemory(ndarray)) {
      this.contents.set(value, { of: value, array: denseNdarray(ndarray) });
    } else {
      const encoded = encodeInstance(genericNdarray, value, (why, of) => this.#refusal(why, of));
      this.instances.set(value, { type: genericNdarray, encoded });
      this.#visitAt(ENCODED, encoded);
    }
    return true;
  }

  /** Visits what an instance of a registered class is encoded as, and refuses any other object. */
  #visitInstance<T extends object>(value: T, whyNot: (value: T) => string): void {
    const type = registeredType(value);
    if (!type) throw this.#refusal(whyNot(value));
    if (!isCurrent(type)) throw this.#refusal(whyNotCurrent(type.name));
    const encoded = encodeInstance(type, value, (reason, cause) => this.#refusal(reason, cause));
    this.instances.set(value, { type, encoded });
    this.#visitAt(ENCODED, encoded);
  }

  #path(): string {
    return pathText(this.#root, this.#steps);
  }

  #refusal(reason: string, cause?: unknown): CacheError {
    return unstorable(this.#path(), reason, cause);
  }

  #refusalAt(step: Step, reason: string): CacheError {
    return unstorable(pathText(this.#root, [...this.#steps, step]), reason);
  }
}

/** Whether there can be anything to refuse or to collect in a value. */
function isPart(value: unknown): boolean {
  if (typeof value === "object") return value !== null;
  return typeof value === "function" || typeof value === "symbol";
}

function isIndex(key: PropertyKey): boolean {
  return typeof key === "string" && /^\d+$/.test(key);
}

function whyLost(kind: string): string {
  return `a property of its own on a ${kind}, which would be lost`;
}
