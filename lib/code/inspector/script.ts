/**
 * The names of scripts by the numbers that the engine gives them.
 *
 * The engine tells them all to a debugger, and to nobody else. Becoming one for a moment is dear: it
 * goes through the whole heap, twice, and compiles again all that has run. So the loaded modules are
 * asked first which of them exports the function, and that answer is checked.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import type { Debugger } from "node:inspector";
import { exportersOf, type LoadedModule } from "../origin/loaded-modules.ts";
import { packageFile } from "../origin/package-file.ts";
import { type AnyFunction, sourceText } from "../syntax/parse.ts";
import type { Surroundings } from "./captured.ts";
import type { InspectorSession } from "./inspector-session.ts";

// Scripts never change and their ids are never used again.
const names = new Map<string, string>();

/**
 * The URL or name of the script that a function is in, empty where it has none.
 *
 * Some 0.3 ms for the first function of a script, if its module exports it. Otherwise, once for all
 * scripts that are loaded by then, some 50 ms and 50 ms for each million of objects in the heap.
 */
export function scriptName(
  session: InspectorSession,
  fn: AnyFunction,
  around: Surroundings,
): string {
  let name = names.get(around.scriptId);
  if (name === undefined) {
    name = exportingFile(session, fn, around);
    if (name === undefined) listScripts(session);
    name ??= names.get(around.scriptId) ?? "";
    names.set(around.scriptId, name);
  }
  return name;
}

function exportingFile(
  session: InspectorSession,
  fn: AnyFunction,
  around: Surroundings,
): string | undefined {
  const modules = exportersOf(session, fn);
  const text = sourceText(fn);
  const written = modules.find(({ url }) => isWrittenAt(url, text, around));
  if (written !== undefined) return written.url;
  // Code that was compiled on loading is not found in its file. That a module of the program defines
  // a function may then be taken on weaker grounds: it is followed, and misses nothing. That a
  // package does may not.
  if (modules.some(({ url }) => packageFile(url) !== undefined)) return undefined;
  // A module that only passes on is loaded before the one that it passes on.
  return modules.findLast((module) => isScopeOf(module, around))?.url;
}

/** Whether a text stands at the place of a function in a file. */
function isWrittenAt(url: string, text: string, { line, column }: Surroundings): boolean {
  let file: string;
  try {
    file = readFileSync(new URL(url), "utf8");
  } catch {
    return false;
  }
  let start = file.startsWith("\uFEFF") ? 1 : 0;
  for (let i = 0; i < line; i++) {
    const end = file.indexOf("\n", start);
    if (end === -1) return false;
    start = end + 1;
  }
  // The place is that of the parameters: what comes in front, `async function f`, is on the way.
  const place = start + column;
  const from = file.lastIndexOf(text, place);
  return from !== -1 && place <= from + text.length;
}

/** Whether everything that a module exports is in the scope of the module that a function is in. */
function isScopeOf({ exported }: LoadedModule, { scopes }: Surroundings): boolean {
  const scope = scopes.at(-1);
  if (scope?.description !== "Module") return false;
  const variables = new Set(
    Object.values(Object.getOwnPropertyDescriptors(scope.object)).map(({ value }) => value),
  );
  // The first is the namespace itself.
  return exported.slice(1).every((value) => variables.has(value));
}

function listScripts(session: InspectorSession): void {
  session.listening<Debugger.ScriptParsedEventDataType>(
    "Debugger.scriptParsed",
    ({ scriptId, url }) => names.set(scriptId, url),
    () => {
      session.post("Debugger.enable");
      session.post("Debugger.disable");
    },
  );
}
