/**
 * Values that a function may capture and that are told by what they are, not by what is in them.
 *
 * @module
 */

import { Module } from "node:module";
import { types } from "node:util";
import { nodeModuleName } from "../../code/origin/node-module.ts";
import type { AnyFunction } from "../../code/syntax/parse.ts";
import { builtInName } from "../base.ts";
import { intrinsicName } from "./intrinsic.ts";

const MEMORY = Symbol.for("ndmemo.memory");

/**
 * The name of a function of the language, of a module of Node's or one of its functions, or of the
 * global object.
 */
export function knownName(value: object): string | undefined {
  if (value === globalThis) return "globalThis";
  const name = intrinsicName(value) ?? nodeModuleName(value);
  return name ?? (types.isModuleNamespaceObject(value) ? namespaceName(value) : undefined);
}

const METHODS = ["push", "unshift", "add", "set"];

/**
 * Whether a value is a collection of the language, or a plain object of data: putting something in
 * has no other effect.
 */
export function isContainer(value: unknown): boolean {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  if (METHODS.some((name) => Object.hasOwn(value, name))) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype || prototype === Map.prototype || prototype === Set.prototype) {
    return true;
  }
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every((own) => "value" in own);
}

/**
 * Whether a value is a collection that knows something of each of some objects, whatever is in them:
 * a weak one, or a Map or Set of instances. A class may keep the state of its instances there.
 */
export function goesByIdentity(value: unknown): boolean {
  if (types.isWeakMap(value) || types.isWeakSet(value)) return true;
  const members = types.isMap(value)
    ? Map.prototype.keys.call(value)
    : types.isSet(value)
      ? Set.prototype.values.call(value)
      : [];
  for (const member of members) if (isInstance(member)) return true;
  return false;
}

function isInstance(value: unknown): boolean {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype !== null && !types.isProxy(prototype) && builtInName(prototype) === undefined;
}

/** Whether a value is a Memory: where results are kept is no part of what a function computes. */
export function isMemory(value: object): boolean {
  for (let link: object | null = value; link !== null; link = Object.getPrototypeOf(link)) {
    if (dataProperty(link, MEMORY) === true) return true;
  }
  return false;
}

/** Whether a function is the `require` of a CommonJS module. */
export function isRequire(fn: AnyFunction): boolean {
  return (
    !types.isProxy(fn) &&
    ["resolve", "cache", "extensions"].every((name) => Object.hasOwn(fn, name))
  );
}

/** What the `module` of a CommonJS module exports, for which it stands; undefined for other values. */
export function moduleExports(value: object): unknown {
  if (!(value instanceof Module)) return undefined;
  const exported = dataProperty(value, "exports");
  return exported === value ? undefined : exported;
}

/** The name of the module of Node's that `import * as` gave, which is not the module itself. */
function namespaceName(namespace: object): string | undefined {
  const whole = namespaceMember(namespace, "default");
  if (typeof whole !== "object" && typeof whole !== "function") return undefined;
  const name = whole === null ? undefined : nodeModuleName(whole);
  if (whole === null || name === undefined) return undefined;
  // A module of the user's may export the whole module as its default, beside things of its own.
  const same = Object.getOwnPropertyNames(namespace).every((key) => {
    if (key === "default" || key === "module.exports") return true;
    const property = Object.getOwnPropertyDescriptor(whole, key);
    if (property === undefined) return false;
    return property.get !== undefined || property.value === namespaceMember(namespace, key);
  });
  return same ? name : undefined;
}

function namespaceMember(namespace: object, name: string): unknown {
  try {
    return Reflect.get(namespace, name);
  } catch {
    // Not initialised yet.
    return undefined;
  }
}

function dataProperty(value: object, key: string | symbol): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
