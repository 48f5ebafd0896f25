/**
 * The code of functions in programs that are written for a test, several checkouts of each.
 *
 * @module
 */

import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import type { Code } from "../../lib/hash/code/code.ts";
import { bundledUrl } from "../helpers/bundle.ts";
import { withTmp } from "../helpers/tmp.ts";

/** Files of a checkout: their text by path. */
export type Files = Readonly<Record<string, string>>;

const driver = (): string => `
  import { readdirSync } from "node:fs";
  import { join } from "node:path";
  import { pathToFileURL } from "node:url";
  import { url } from "node:inspector";
  import { codeOf } from "${bundledUrl("code")}";

  const [, , root, entry] = process.argv;
  const codes = {};
  for (const folder of readdirSync(root)) {
    const loaded = await import(pathToFileURL(join(root, folder, entry)).href);
    codes[folder] = codeOf(loaded.f ?? loaded.default.f, "deep");
  }
  console.log(JSON.stringify({ codes, url: url() === undefined }));
`;

/** The code of the `f` that the entry of each checkout exports, computed in one process. */
export async function codes(
  checkouts: Record<string, Files>,
  entry: string,
  options: readonly string[] = [],
): Promise<Record<string, Code>> {
  return withTmp((folder) => {
    for (const [checkout, files] of Object.entries(checkouts)) {
      for (const [path, text] of Object.entries(files)) {
        const file = join(folder, "checkouts", checkout, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
    }
    const main = join(folder, "driver.mjs");
    writeFileSync(main, driver());
    const compiler = entry.endsWith(".ts") ? ["--import", import.meta.resolve("tsx")] : [];
    const args = [...compiler, ...options, main, join(folder, "checkouts"), entry];
    const stdio: ExecFileSyncOptions = { stdio: ["pipe", "pipe", "ignore"] };
    const { codes, url } = JSON.parse(execFileSync(process.execPath, args, stdio).toString());
    if (options.length === 0) assert.ok(url, "no port is open");
    return codes;
  });
}

/** Asserts that the id of each checkout is that of `base` or not, as its name says. */
export function compare(found: Record<string, Code>): void {
  const { base } = found;
  assert.ok(base?.complete, JSON.stringify(base?.leftOut));
  for (const [name, code] of Object.entries(found)) {
    const same = code.codeId === base?.codeId;
    assert.is(same, name === "base" || name.startsWith("same"), name);
  }
}

/** Checkouts that differ from a base in one replaced piece of text, under a name that says what. */
export function edits(
  base: Files,
  changes: Record<string, readonly [file: string, from: string, to: string]>,
): Record<string, Files> {
  const all: Record<string, Files> = { base };
  for (const [name, [file, from, to]] of Object.entries(changes)) {
    const text = `${base[file]}`;
    assert.ok(text.includes(from), `${name}: ${from}`);
    all[name] = { ...base, [file]: text.replace(from, to) };
  }
  return all;
}
