/**
 * The free variables of a function that are no globals.
 *
 * @module
 */

import { Inspection, valueIn } from "../inspector/captured.ts";
import type { AnyFunction } from "./parse.ts";
import { outerVariables, writtenVariables } from "./scope.ts";

/**
 * The variables of an enclosing function or module that a function refers to, those that hide a
 * global (`crypto`, `performance`) among them. Undefined when they cannot be known.
 *
 * A name that is also that of a global costs a question to the inspector. Where that has no answer,
 * it is taken for the global.
 */
export function namesAround(fn: AnyFunction): readonly string[] | undefined {
  const outer = outerVariables(fn);
  const written = writtenVariables(fn);
  if (outer === undefined || written === undefined) return undefined;
  const others = written.filter((name) => !outer.includes(name));
  if (others.length === 0) return outer;
  const hiding = capturedNames(fn, others) ?? [];
  return written.filter((name) => outer.includes(name) || hiding.includes(name));
}

/** Those of some names that a function finds in the scopes around it; undefined when unknown. */
export function capturedNames(
  fn: AnyFunction,
  names: readonly string[],
): readonly string[] | undefined {
  const inspection = new Inspection();
  try {
    const around = inspection.surroundings(fn);
    return around && names.filter((name) => valueIn(around.scopes, name) !== undefined);
  } finally {
    inspection.close();
  }
}
