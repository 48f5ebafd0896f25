/**
 * Which loaded file exports a function.
 *
 * Node lists the modules of CommonJS (`require.cache`) but not those of `import`, which its loader
 * keeps to itself. The loader is read here as the scopes of a user's function are: through the
 * inspector, from a function that Node exports and that refers to it. Where a version of Node has
 * it elsewhere, no file is found, and callers ask the engine in its slower way.
 *
 * @module
 */

import { createRequire, Module } from "node:module";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import type { InspectorSession } from "../inspector/inspector-session.ts";
import type { AnyFunction } from "../syntax/parse.ts";

/** A file that has been loaded as a module. */
export interface LoadedModule {
  /** Its URL. */
  readonly url: string;
  /** What it exports, as far as this can be told without running a getter. */
  readonly exported: readonly unknown[];
}

let exporters = new WeakMap<AnyFunction, LoadedModule[]>();
let listed = "";

/** The files that export a function: that in which it is written, and those that pass it on. */
export function exportersOf(session: InspectorSession, fn: AnyFunction): readonly LoadedModule[] {
  const imported = importedModules(session);
  const required = createRequire(import.meta.url).cache;
  const counts = `${imported.size} ${Object.keys(required).length}`;
  // Modules are never unloaded, but for those that a program takes out of the cache by hand.
  if (!exporters.has(fn) || counts !== listed) {
    exporters = new WeakMap();
    listed = counts;
    for (const [url, jobs] of imported) add(url, namespaceOf(jobs));
    for (const [path, module] of Object.entries(required)) {
      add(pathToFileURL(path).href, module?.exports);
    }
  }
  return exporters.get(fn) ?? [];
}

function add(url: unknown, exports: unknown): void {
  if (typeof url !== "string" || !url.startsWith("file:")) return;
  const exported = valuesIn(exports);
  const module = { url, exported };
  for (const value of new Set(exported)) {
    if (typeof value !== "function") continue;
    const others = exporters.get(value);
    if (others === undefined) exporters.set(value, [module]);
    else others.push(module);
  }
}

function valuesIn(exports: unknown): unknown[] {
  if (types.isProxy(exports)) return [];
  const isObject = typeof exports === "object" && exports !== null;
  if (!isObject && typeof exports !== "function") return [];
  const values: unknown[] = [exports];
  for (const name of Object.getOwnPropertyNames(exports)) {
    try {
      values.push(Object.getOwnPropertyDescriptor(exports, name)?.value);
    } catch {
      // An export that is not initialised yet.
    }
  }
  return values;
}

/** The jobs of Node's loader for ES modules by URL; empty where they are not found. */
function importedModules(session: InspectorSession): ReadonlyMap<unknown, unknown> {
  const register: unknown = Reflect.get(Module, "register");
  const [id] = typeof register === "function" ? session.references([register]) : [];
  const inner = id === undefined ? undefined : session.properties(id).internalProperties;
  const list = inner?.find(({ name }) => name === "[[Scopes]]")?.value?.objectId;
  const [scopes] = list === undefined ? [] : session.objects([list]);
  for (const scope of Array.from((scopes ?? []) as ArrayLike<unknown>)) {
    const jobs = field(field(field(scope, "object"), "cascadedLoader"), "loadCache");
    if (types.isMap(jobs)) return new Map(Map.prototype.entries.call(jobs));
  }
  return new Map();
}

function namespaceOf(jobs: unknown): unknown {
  if (typeof jobs !== "object" || jobs === null) return undefined;
  // By the type that an import attribute asks for: a file is code under one of them at most.
  for (const type of Object.keys(jobs)) {
    const wrapped = field(field(jobs, type), "module");
    try {
      const namespace: unknown = Reflect.apply(
        field(wrapped, "getNamespace") as () => unknown,
        wrapped,
        [],
      );
      if (types.isModuleNamespaceObject(namespace)) return namespace;
    } catch {
      // Not linked yet.
    }
  }
  return undefined;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}
