/**
 * Which function a cached function is, whatever its code: `<module>#<name>`.
 *
 * The module is the calling file relative to its package, so that another checkout and another
 * machine find the same entries. Neither part is escaped: that is up to the store.
 *
 * @module
 */

import { basename, dirname, isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { wrongType } from "../../errors.ts";
import type { AnyFunction } from "../syntax/parse.ts";
import { callingScript } from "./caller.ts";
import { packageRoot } from "./package-root.ts";

/**
 * The file that called into ndmemo, relative to the root of its package, with `/` between folders;
 * outside any package just the file's name.
 *
 * Code without a file has a name in angle brackets: `<eval>`, `<stdin>`, `<repl>`, `<data>`, or
 * `<unknown>`. Reads the `package.json` files above the caller once; costs some 20 µs after that.
 */
export function callerModule(): string {
  return moduleOf(callingScript());
}

/**
 * The name that the entries of a function are kept under: the given one, or the function's own.
 *
 * @throws TypeError when there is no given name and the function is anonymous.
 */
export function functionName(fn: AnyFunction, given?: string): string {
  if (given !== undefined) {
    if (typeof given !== "string" || given === "") {
      throw wrongType("name", "a non-empty string", given);
    }
    return given;
  }
  // A class can have a static member called `name`; a getter must not run.
  const own: unknown = Object.getOwnPropertyDescriptor(fn, "name")?.value;
  if (typeof own === "string" && own !== "") return own;
  const { message } = wrongType("the function to cache", "a function with a name", fn);
  throw new TypeError(`${message}: name the function, or pass a \`name\` in the options`);
}

/**
 * A script relative to the root of its package, as {@link callerModule} has it.
 *
 * @param script its URL, path or name.
 */
export function moduleOf(script: string | undefined): string {
  if (script === undefined) return "<unknown>";
  if (/^REPL\d+$/.test(script)) return "<repl>";
  if (script === "evalmachine.<anonymous>") return "<eval>";
  if (/^(data|blob):/.test(script)) return "<data>";
  const file = filePath(script);
  // `node -e`, `node -`, and `new Worker(code, { eval: true })`; with modules inside the working
  // directory: `file:///app/[eval1]`.
  const [, made] = /^\[(?:worker )?(eval|stdin)\d*\](?:-wrapper)?$/.exec(basename(file)) ?? [];
  if (made !== undefined) return `<${made}>`;
  if (!isAbsolute(file)) return file;
  const root = packageRoot(dirname(file));
  return root === undefined ? basename(file) : relative(root, file).split(sep).join("/");
}

function filePath(script: string): string {
  if (!script.startsWith("file:")) {
    // What tsx appends to the path of a CommonJS file that it loads for one caller only.
    return script.replace(/\?namespace=[^\\/]*$/, "");
  }
  try {
    return fileURLToPath(script);
  } catch {
    return script;
  }
}
