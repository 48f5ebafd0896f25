/**
 * The ES module of a package, got without waiting: the same copy that `import` gives the program.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { types } from "node:util";

/** A module as Node compiles it; the third argument is that of Node 20.19 and later. */
interface Compiling {
  filename: string;
  readonly exports: unknown;
  _compile(source: string, filename: string, format: "module"): void;
}

/**
 * Requires the ES module in a file.
 *
 * Loaders that run TypeScript (tsx among them) put themselves in the place of `require` and make a
 * CommonJS module of the file: another copy, with classes of its own. Then Node is asked itself.
 *
 * @throws what the module throws, and where there is no such file.
 */
export function requireModule(file: string): unknown {
  const required: unknown = createRequire(import.meta.url)(file);
  if (types.isModuleNamespaceObject(required)) return required;
  try {
    const module = new Module(file) as unknown as Compiling;
    module.filename = file;
    module._compile(readFileSync(file, "utf8"), file, "module");
    return types.isModuleNamespaceObject(module.exports) ? module.exports : required;
  } catch {
    return required;
  }
}
