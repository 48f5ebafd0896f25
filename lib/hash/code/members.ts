/**
 * Objects of which a function takes some members by name: `import * as h`, of which it calls
 * `h.scale`, does nothing else for it.
 *
 * @module
 */

import { types } from "node:util";
import { type Scope, valueIn } from "../../code/inspector/captured.ts";
import { type AnyFunction, sourceText } from "../../code/syntax/parse.ts";
import { memberNames, usesThis, writtenVariables } from "../../code/syntax/scope.ts";
import { isNativeCode } from "../../code/syntax/source.ts";
import { isMemory, knownName } from "./known.ts";
import { originalOf } from "./memorized.ts";

/** What an object has under a name. */
export type Member =
  | { readonly value: unknown }
  | { readonly get: AnyFunction | undefined; readonly set: AnyFunction | undefined }
  | "absent"
  | "uninitialised";

/**
 * What a function takes of an object in a variable around it, by name in order, if no more than some
 * members. Undefined where it takes more, or where taking them can depend on the rest.
 *
 * So it can for methods that use `this`, for what is inherited, and for everything but plain objects
 * and the namespaces of modules.
 */
export function membersTaken(
  fn: AnyFunction,
  variable: string,
  value: unknown,
): ReadonlyMap<string, Member> | undefined {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  const names = memberNames(fn, variable);
  if (names === undefined || knownName(value) !== undefined || isMemory(value)) return undefined;
  const read = readerOf(value);
  if (read === undefined) return undefined;
  const members = new Map<string, Member>();
  for (const name of [...names].sort()) {
    const member = read(value, name);
    if (member === undefined || mayUseReceiver(member)) return undefined;
    members.set(name, member);
  }
  return members;
}

/** The functions that a function refers to in the variables around it. */
export function functionsAround(fn: AnyFunction, scopes: readonly Scope[]): AnyFunction[] {
  const found: AnyFunction[] = [];
  for (const name of writtenVariables(fn) ?? []) {
    const variable = valueIn(scopes, name);
    if (typeof variable !== "object") continue;
    const members = membersTaken(fn, name, variable.value);
    found.push(...functionsIn(members?.values() ?? [variable]));
  }
  return found;
}

function functionsIn(members: Iterable<Member>): AnyFunction[] {
  const found: AnyFunction[] = [];
  for (const member of members) {
    if (typeof member === "string") continue;
    const values = "value" in member ? [member.value] : [member.get, member.set];
    for (const value of values) if (typeof value === "function") found.push(value);
  }
  return found;
}

// By an escape, `eval` can be spelled in another way.
const MENTIONS_RECEIVER = /\b(this|super|new|eval)\b|\\/;

type Reader = (value: object, name: string) => Member | undefined;

function readerOf(value: object): Reader | undefined {
  if (types.isModuleNamespaceObject(value)) return readExport;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? readOwn : undefined;
}

function readExport(namespace: object, name: string): Member {
  if (!Reflect.has(namespace, name)) return "absent";
  try {
    return { value: Reflect.get(namespace, name) };
  } catch {
    return "uninitialised";
  }
}

function readOwn(value: object, name: string): Member | undefined {
  const property = Object.getOwnPropertyDescriptor(value, name);
  if (property === undefined) return undefined;
  const { get, set } = property;
  return get || set ? { get, set } : { value: property.value };
}

/** Whether a member may look at the object that it is taken from. */
function mayUseReceiver(member: Member): boolean {
  return functionsIn([member]).some((fn) => {
    const original = originalOf(fn);
    if (isNativeCode(original)) return true;
    const text = sourceText(original);
    // Reading a function is dear, and of packages it is done for nothing else.
    return MENTIONS_RECEIVER.test(text) && !/^class\b/.test(text) && usesThis(original);
  });
}
