/**
 * Globals that the user made: `globalThis.scale = 2`.
 *
 * @module
 */

import type { Member } from "./members.ts";

// Those of Node that can be listed, as they would be if a user made them.
const OF_NODE = new Set([
  ...["global", "clearImmediate", "setImmediate", "clearInterval", "clearTimeout", "setInterval"],
  ...["setTimeout", "queueMicrotask", "structuredClone", "atob", "btoa", "performance", "fetch"],
  ...["navigator", "crypto", "sessionStorage", "localStorage", "gc"],
]);

/** What the global object has under a name, if a user put it there; undefined if not. */
export function globalMember(name: string): Member | undefined {
  if (OF_NODE.has(name)) return undefined;
  const property = Object.getOwnPropertyDescriptor(globalThis, name);
  if (!property?.enumerable) return undefined;
  const { get, set } = property;
  return get || set ? { get, set } : { value: property.value };
}
