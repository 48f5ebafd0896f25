/**
 * Node's own modules and their functions by name, such as `node:path` and `node:path.join`: what
 * they do is a matter of Node, and their code is not followed.
 *
 * @module
 */

import { builtinModules } from "node:module";

// Objects other than functions that the modules export: the rest is data, and told by its content.
const OBJECTS = new Set([
  "node:path.posix",
  "node:path.win32",
  "node:perf_hooks.performance",
  "node:process.env",
  "node:process.versions",
]);
// Looking at these prints a deprecation warning.
const AVOIDED = new Set(["punycode", "sys"]);

let names = new WeakMap<object, string>();
let listed = -1;

/**
 * The name of a module of Node's, or of a function or class that it exports; undefined for anything
 * else. Knows the modules that the process has loaded, and loads no other.
 */
export function nodeModuleName(value: object): string | undefined {
  const loaded: unknown = Reflect.get(process, "moduleLoadList");
  const list: readonly unknown[] = Array.isArray(loaded) ? loaded : [];
  // Filled once more whenever Node has loaded something since, which a program seldom does.
  if (list.length !== listed) {
    names = namesIn(list);
    listed = list.length;
  }
  return names.get(value);
}

function namesIn(list: readonly unknown[]): WeakMap<object, string> {
  const found = new WeakMap<object, string>();
  const add = (value: unknown, name: string): void => {
    if (isReference(value) && !found.has(value)) found.set(value, name);
  };
  const loaded = new Set(list);
  // Always in this order: a function that two modules export has the name that comes first.
  for (const id of [...builtinModules].sort()) {
    const isGlobal = id === "process" || id === "console";
    if (AVOIDED.has(id) || !(isGlobal || loaded.has(`NativeModule ${id}`))) continue;
    const name = id.startsWith("node:") ? id : `node:${id}`;
    const exported: unknown = process.getBuiltinModule(name);
    add(exported, name);
    if (!isReference(exported)) continue;
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(exported))) {
      const member = `${name}.${key}`;
      if (typeof value === "function" || OBJECTS.has(member)) add(value, member);
    }
  }
  return found;
}

function isReference(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
