/**
 * Programs of the bench as JavaScript: the loader that runs TypeScript fills the heap with its own, and
 * each collection would visit that. The peers are run without one, too.
 *
 * @module
 */

import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const built = new Map<string, string>();

/**
 * Builds a program, once for this process.
 *
 * @param file its source, in this folder.
 * @returns the path of a file that has all of it but the packages.
 */
export function programOf(file: string): string {
  const known = built.get(file);
  if (known) return known;
  // As deep as `lib/`, whose files look for the addon in the folder above theirs.
  const outfile = join(here, "../.cache", `bench-${basename(file, ".ts")}.mjs`);
  buildSync({
    entryPoints: [join(here, file)],
    bundle: true,
    platform: "node",
    packages: "external",
    format: "esm",
    target: "node20",
    outfile,
  });
  built.set(file, outfile);
  return outfile;
}
