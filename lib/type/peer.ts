/**
 * Packages that the user's program has, and ndmemo does without.
 *
 * @module
 */

import { createRequire } from "node:module";
import { join } from "node:path";

/** The first of several modules that could be imported, and what it is. */
export interface Peer<T> {
  readonly exported: T;
  /** Its file. */
  readonly file: string;
}

/**
 * Imports the first module that is there and is what it should be: as the working directory would
 * import it, then the program, then ndmemo.
 *
 * @param near files from which to look before.
 * @returns what `accept` says of its export, or why the last one could not be imported.
 */
export function importPeer<T>(
  modules: readonly string[],
  accept: (exported: unknown) => exported is T,
  near: readonly string[] = [],
): Peer<T> | { readonly cause: unknown } {
  let cause: unknown;
  for (const base of [...near, ...bases()]) {
    for (const module of modules) {
      try {
        const require = createRequire(base);
        const exported: unknown = require(module);
        if (accept(exported)) return { exported, file: require.resolve(module) };
      } catch (error) {
        cause = error;
      }
    }
  }
  return { cause };
}

/** The files from which to look for a package. */
export function bases(): string[] {
  const found = [import.meta.url];
  const [, main] = process.argv;
  if (main !== undefined) found.unshift(main);
  try {
    found.unshift(join(process.cwd(), "package.json"));
  } catch {
    // The directory was removed.
  }
  return found;
}
