/**
 * What a function takes from the scope around it.
 *
 * Beside variables, a function can capture things that have no identifier. They are listed under
 * their spelling: the `this`, `super`, `new.target` and `arguments` of an arrow, the `super` of a
 * method (the object it was written in), and private names such as `#x` of a class around it.
 * `import.meta` is not listed: like the file's path, it is no part of what a function computes.
 *
 * Where the answer cannot be known (no source, syntax newer than the parser, a direct `eval(…)`
 * that may read any variable) the lists are undefined, and callers assume the worst.
 *
 * @module
 */

import { answer, type Question } from "./analysis.ts";
import type { AnyFunction } from "./parse.ts";
import { type References, references } from "./reference.ts";
import { decodeReferences, encodeReferences } from "./reference-record.ts";

const REFERENCES: Question<References> = {
  name: "references",
  ask: references,
  encode: encodeReferences,
  decode: decodeReferences,
};

/**
 * The free variables that are no globals: those of an enclosing function or module, imports
 * included. Undefined when they cannot be known.
 *
 * Judged by name, so a variable that hides a global (`crypto`, `process`) is taken for the global.
 * The `__name` that esbuild and tsx weave in to keep the names of functions is left out: it is a
 * helper of the compiler that the author cannot see.
 */
export function outerVariables(fn: AnyFunction): readonly string[] | undefined {
  const found = referencesOf(fn);
  if (!found || found.evaluates) return undefined;
  return [...found.written].filter((name) => !(name in globalThis));
}

/**
 * The variables around a function that its author wrote down in it: its free variables without the
 * helpers of a compiler, in order of appearance. Undefined when they cannot be known.
 */
export function writtenVariables(fn: AnyFunction): readonly string[] | undefined {
  const found = referencesOf(fn);
  return found && !found.evaluates ? [...found.written] : undefined;
}

/**
 * The free variables that the function's own source assigns: by `=` and its kin, `++` and `--`, in
 * a destructuring, or as the variable of a loop. Undefined when they cannot be known.
 */
export function assignedVariables(fn: AnyFunction): ReadonlySet<string> | undefined {
  const found = referencesOf(fn);
  return found && !found.evaluates ? found.assigned : undefined;
}

/** The free variables whose value the function's own source uses, other than to renew it. */
export function readVariables(fn: AnyFunction): ReadonlySet<string> | undefined {
  const found = referencesOf(fn);
  return found && !found.evaluates ? found.read : undefined;
}

/**
 * The free variables whose content the function's own source adds to or replaces, and does not look
 * at: what is in them cannot change what it returns. Undefined when they cannot be known.
 *
 * True of collections of the language and of plain objects only: a class can do anything in a
 * method called `push`.
 */
export function filledVariables(fn: AnyFunction): ReadonlySet<string> | undefined {
  const found = referencesOf(fn);
  if (!found || found.evaluates) return undefined;
  return new Set([...found.filled].filter((name) => !found.read.has(name)));
}

/**
 * The names of the members that the function's own source takes of a free variable, if that is all
 * it does with it: `x.name`, `x["name"]`. Undefined where it refers to the variable in another way,
 * and when it cannot be known.
 */
export function memberNames(fn: AnyFunction, variable: string): ReadonlySet<string> | undefined {
  const found = referencesOf(fn);
  if (!found || found.evaluates || found.whole.has(variable)) return undefined;
  return found.members.get(variable);
}

/**
 * The modules that a function's own source loads when it runs, such as `import("../h.js")`, but for
 * those of Node's. None when it cannot be known.
 */
export function loadedModules(fn: AnyFunction): readonly string[] {
  const modules = referencesOf(fn)?.modules ?? [];
  return [...modules].filter((module) => !module.startsWith('import("node:'));
}

/**
 * Whether what a function does may depend on its receiver: it is not an arrow, and its own code or
 * an arrow in it says `this`, `super` or `new.target`.
 *
 * Also true when that cannot be known. A class has no receiver: its `this` is what it makes.
 */
export function usesThis(fn: AnyFunction): boolean {
  const found = referencesOf(fn);
  return !found || found.usesThis || found.evaluates;
}

function referencesOf(fn: AnyFunction): References | undefined {
  return answer(REFERENCES, fn);
}
