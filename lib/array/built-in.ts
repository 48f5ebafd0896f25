/**
 * Which class of the language itself an object is a direct instance of.
 *
 * Identity is no test for that: an object maker in another realm (`node:vm`, a worker's structured
 * clone) has its own `Object.prototype`. What cannot be imitated is the source text of a built-in
 * constructor.
 *
 * @module
 */

import { types } from "node:util";

const NATIVE_CONSTRUCTOR = /^function (\w+)\(\) \{ \[native code\] \}$/;

const known = new WeakMap<object, string>([
  [Buffer.prototype, "Buffer"],
  // Literals have these whatever a polyfill has put in place of the constructor.
  [Object.getPrototypeOf({}), "Object"],
  [Object.getPrototypeOf([]), "Array"],
  [Object.getPrototypeOf(/./), "RegExp"],
]);

/**
 * The name of the built-in class, such as `Map` or `Float64Array`, whose prototype is the object's
 * own; undefined for instances of any other class, also of subclasses, and for objects without a
 * prototype.
 *
 * `Buffer` counts as built in. Runs no code of the object; must not be given a proxy. Tells what the
 * prototype says, not what the object is: `Object.create(Map.prototype)` is a `Map` here.
 */
export function builtInClass(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== "object" || prototype === null) return undefined;
  let name = known.get(prototype);
  if (name === undefined) {
    name = nativeName(prototype);
    if (name !== undefined) known.set(prototype, name);
  }
  return name;
}

function nativeName(prototype: object): string | undefined {
  if (types.isProxy(prototype)) return undefined;
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof maker !== "function" || types.isProxy(maker)) return undefined;
  const own = Object.getOwnPropertyDescriptor(maker, "prototype");
  if (own?.value !== prototype || own.writable) return undefined;
  return NATIVE_CONSTRUCTOR.exec(Function.prototype.toString.call(maker))?.[1];
}
