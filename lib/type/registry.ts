/**
 * The classes whose instances are hashed and stored as what a function of the user's makes of them.
 *
 * A type is found in two ways: by the prototype of an instance, to encode it, and by its name, which
 * is all that an entry on the disk knows, to decode it. Only direct instances are found: what a
 * subclass adds would be lost.
 *
 * @module
 */

import { types } from "node:util";
import { builtInClass } from "../array/built-in.ts";
import { dtypes } from "../array/dtype.ts";
import { wrongType } from "../errors.ts";
import { type Check, checkOptions, text } from "../options.ts";
import { complexType, complexTypeNamed } from "./complex.ts";
import { genericNdarray } from "./generic.ts";

/** How instances of a class become other values, and are made again. */
export interface TypeCodec<T, Encoded = unknown> {
  /**
   * What entries and keys know the class by: unique in a process, the same in every process that
   * shares a cache. The code of the class counts in keys besides, that of `encode` and `decode` does
   * not: change the name (`"Matrix/2"`) when they do.
   */
  readonly name: string;
  /**
   * Returns what makes the instance what it is: any value that ndmemo can hash and store, arrays and
   * instances of other registered classes among them. Must not return a promise. Called with each
   * instance that is hashed or stored, so it should be quick; arrays need not be copied.
   */
  readonly encode: (instance: T) => Encoded;
  /** Makes the instance again. Arrays in `encoded` may be mapped, and are the instance's to keep. */
  readonly decode: (encoded: NoInfer<Encoded>) => NoInfer<T>;
}

/** A class, abstract or with a private constructor as well. */
export interface ClassOf<T> {
  /** The name of the class. */
  readonly name: string;
  /** What its instances inherit from. */
  readonly prototype: T;
}

/** A class that is registered. */
export interface RegisteredType {
  /** What entries and keys know it by. */
  readonly name: string;
  /** What the instances have as their prototype; undefined where several copies of it count. */
  readonly prototype?: object | undefined;
  readonly encode: (instance: never) => unknown;
  readonly decode: (encoded: never) => unknown;
  /** Whether an object with the right prototype is what it seems. */
  readonly accepts?: (value: object) => boolean;
}

interface Registration extends RegisteredType {
  readonly Class: object;
  readonly prototype: object;
}

// Null for a prototype that was looked at and is of no type.
const byPrototype = new WeakMap<object, RegisteredType | null>();
const byName = new Map<string, RegisteredType & { readonly Class?: object }>();

/**
 * Makes instances of a class part of what is hashed and stored: as arguments they count by the name,
 * by the code of the class and by what `encode` returns, in results they come back through `decode`.
 *
 * Only direct instances: a subclass is registered by itself. To register the same again does nothing,
 * and a class of the same code, from a module that is evaluated twice, takes the place of the first.
 *
 * @example
 * ```ts
 * registerType(Matrix, {
 *   name: "ml-matrix/Matrix",
 *   encode: (matrix) => ({ columns: matrix.columns, data: Float64Array.from(matrix.to1DArray()) }),
 *   decode: ({ columns, data }) => Matrix.from1DArray(data.length / columns, columns, data),
 * });
 * ```
 * @throws TypeError for a class or a name that is registered otherwise, for a class of the language
 * that needs none of this, and for wrong options.
 */
export function registerType<T extends object, Encoded>(
  Class: ClassOf<T>,
  codec: TypeCodec<T, Encoded>,
): void {
  const prototype = prototypeOf(Class);
  const { name, encode, decode } = checkOptions<TypeCodec<T, Encoded>>("registerType", codec, {
    name: text,
    encode: synchronous,
    decode: synchronous,
  });
  if (name === undefined || encode === undefined || decode === undefined) {
    throw wrongType("the options of registerType", "name, encode and decode", codec);
  }
  const type: Registration = { name, Class, prototype, encode, decode };
  const label = Class.name || "the class";

  const ofClass = byPrototype.get(prototype) ?? complexType(prototype);
  if (ofClass && !isSame(ofClass, type)) {
    throw new TypeError(
      ofClass.name === name
        ? `${label} is registered as "${name}" with another encode or decode: register it once`
        : `${label} is registered as "${ofClass.name}": it cannot be "${name}" as well`,
    );
  }
  const ofName = typeNamed(name);
  if (ofName && !isSame(ofName, type)) {
    throw new TypeError(
      `The name "${name}" is registered for a class of other code: ` +
        `choose another name for ${label}, such as "<package>/${label}"`,
    );
  }
  byPrototype.set(prototype, type);
  byName.set(name, type);
}

/**
 * The same for a class of ndmemo's own, of which the name alone counts: its code is no part of what a
 * user's function computes.
 */
export function registerOwnType<T extends object, Encoded>(
  { prototype }: ClassOf<T>,
  { name, encode, decode }: TypeCodec<T, Encoded>,
): void {
  const type: RegisteredType = { name, encode, decode };
  byPrototype.set(prototype, type);
  byName.set(name, type);
}

/** The type that an object is a direct instance of. Runs no code of the object, unless it is a proxy. */
export function registeredType(value: object): RegisteredType | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null) return undefined;
  let type = byPrototype.get(prototype);
  if (type === undefined) {
    type = complexType(prototype) ?? null;
    byPrototype.set(prototype, type);
  }
  return type === null || type.accepts?.(value) === false ? undefined : type;
}

/** The type of a name. */
export function typeNamed(name: string): RegisteredType | undefined {
  return byName.get(name) ?? ownTypeNamed(name);
}

/** A type that is registered from the start. */
function ownTypeNamed(name: string): RegisteredType | undefined {
  return name === genericNdarray.name ? genericNdarray : complexTypeNamed(name);
}

/** Whether instances of a type come back as instances of the same class. */
export function isCurrent(type: RegisteredType): boolean {
  return typeNamed(type.name) === type;
}

/** The registered class that the class of an object extends, by its name in the registry. */
export function registeredParent(value: object): string | undefined {
  let link: object | null = value;
  while (link !== null && !types.isProxy(link)) {
    link = Object.getPrototypeOf(link);
    const type = link && byPrototype.get(link);
    if (type) return type.name;
  }
  return undefined;
}

/** Whether one registration says the same as another, for the same class or another copy of it. */
function isSame(a: RegisteredType & { readonly Class?: object }, b: Registration): boolean {
  return (
    a.name === b.name &&
    a.Class !== undefined &&
    isSameCode(a.Class, b.Class) &&
    isSameCode(a.encode, b.encode) &&
    isSameCode(a.decode, b.decode)
  );
}

function isSameCode(a: object, b: object): boolean {
  if (a === b) return true;
  const [one, other] = [a, b].map((fn) => Function.prototype.toString.call(fn));
  return one === other && !/\{\s*\[native code\]\s*\}$/.test(one ?? "");
}

const OWN_KINDS = new Set([
  ...["Object", "Array", "Map", "Set", "Date", "RegExp", "Number", "String", "Boolean"],
  ...["BigInt", "Symbol", "Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError"],
  ...["TypeError", "URIError", "ArrayBuffer", "SharedArrayBuffer", "DataView", "Buffer"],
  ...["Uint8ClampedArray", ...dtypes.map(({ array }) => array.name)],
]);

/** Whether a built-in class, by its name, is hashed and stored as it is and cannot be registered. */
function isOwnKind(builtIn: string): boolean {
  return OWN_KINDS.has(builtIn);
}

function prototypeOf(Class: unknown): object {
  const prototype: unknown = typeof Class === "function" ? Class.prototype : undefined;
  if (typeof prototype !== "object" || prototype === null) {
    throw wrongType("the first argument of registerType", "a class", Class);
  }
  const builtIn = builtInClass(Object.create(prototype));
  if (builtIn === undefined || !isOwnKind(builtIn)) return prototype;
  throw new TypeError(`${builtIn} needs no registerType: its instances are stored as they are`);
}

// biome-ignore lint/complexity/noBannedTypes: the options' own types say what they take and return
const synchronous: Check<never> & Check<Function> = (name: string, value: unknown): never => {
  if (typeof value !== "function") throw wrongType(name, "a function", value);
  if (types.isAsyncFunction(value) || types.isGeneratorFunction(value)) {
    throw wrongType(name, "a synchronous function", value);
  }
  return value as never;
};
