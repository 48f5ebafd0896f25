/**
 * What a proxy stands for.
 *
 * @module
 */

import { types } from "node:util";
import { InspectorSession } from "./inspector-session.ts";

const TRAPS = [
  ...["apply", "construct", "defineProperty", "deleteProperty", "get", "has", "isExtensible"],
  ...["getOwnPropertyDescriptor", "getPrototypeOf", "ownKeys", "preventExtensions", "set"],
  "setPrototypeOf",
];

/**
 * The target of a proxy whose handler has no traps, so that it shows what the target is. Undefined for
 * one that may show anything else, and where there is no inspector. Runs no code of either.
 */
export function transparentTarget(proxy: object): object | undefined {
  let session: InspectorSession | undefined;
  try {
    session = new InspectorSession();
    const [id] = session.references([proxy]);
    const { internalProperties = [] } = id === undefined ? {} : session.properties(id);
    const ids = ["[[Handler]]", "[[Target]]"].flatMap(
      (name) => internalProperties.find((inner) => inner.name === name)?.value?.objectId ?? [],
    );
    const [handler, target] = ids.length === 2 ? session.objects(ids) : [];
    return isObject(target) && isObject(handler) && !hasTraps(handler) ? target : undefined;
  } catch {
    return undefined;
  } finally {
    session?.close();
  }
}

function hasTraps(handler: object): boolean {
  for (let link: object | null = handler; link !== null; link = Object.getPrototypeOf(link)) {
    if (types.isProxy(link)) return true;
    for (const trap of TRAPS) if (Object.hasOwn(link, trap)) return true;
  }
  return false;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" ? value !== null : typeof value === "function";
}
