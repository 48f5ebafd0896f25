/**
 * The library as plain JavaScript, for programs that tests run in processes and threads of their own:
 * without a compiler to load they start in a tenth of the time.
 *
 * It is bundled as the package is, from the sources as they are, once in each process of the tests,
 * into a package of its own.
 *
 * @module
 */

import { copyFileSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildOptions, buildSync } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What can be had: of the library, of its inside, and programs of tests. */
const entries = {
  index: "lib/index.ts",
  cli: "lib/cli.ts",
  code: "lib/hash/code/code.ts",
  samples: "test/compress/samples.ts",
  "limits-writer": "test/store/limits-writer.ts",
} as const;

let dist: string | undefined;

/** The path of a bundled module. */
export function bundledPath(entry: keyof typeof entries): string {
  dist ??= bundle();
  return join(dist, `${entry}.js`);
}

/** The URL of a bundled module. */
export function bundledUrl(entry: keyof typeof entries): string {
  return pathToFileURL(bundledPath(entry)).href;
}

function bundle(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-test-package-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(join(root, "package.json"), join(folder, "package.json"));
  for (const name of ["node_modules", "build", "prebuilds"]) {
    // On Windows, links of another kind take a privilege.
    if (existsSync(join(root, name))) symlinkSync(join(root, name), join(folder, name), "junction");
  }
  const outdir = join(folder, "dist");
  const options = {
    ...{ absWorkingDir: root, outdir, bundle: true, platform: "node", packages: "external" },
    ...{ format: "esm", target: "node20", logLevel: "warning" },
  } as const satisfies BuildOptions;
  buildSync({ ...options, entryPoints: entries, splitting: true });
  buildSync({ ...options, entryPoints: ["lib/compress/worker.ts"] });
  return outdir;
}
