/**
 * Where following a function ends: at code that a version tells, of an installed package or of Node.
 *
 * @module
 */

import type { Inspection, Scope, Surroundings } from "../../code/inspector/captured.ts";
import { packageFile } from "../../code/origin/package-file.ts";
import type { AnyFunction } from "../../code/syntax/parse.ts";

/** A function behind the border. */
export interface Border {
  /** `name@version` of the package, or the version of Node. */
  readonly id: string;
  /** The same, and the place of the function in it. */
  readonly place: string;
  /**
   * The scopes that the version does not tell: those of a call that made the function, as
   * `scaleLinear()` of a package makes one. Empty for what a module defines.
   */
  readonly scopes: readonly Scope[];
}

/** What a function behind the border is; undefined for the user's own, and without an inspector. */
export function borderOf(
  inspection: Inspection,
  fn: AnyFunction,
  around: Surroundings,
): Border | undefined {
  const script = inspection.script(fn);
  if (script === undefined) return undefined;
  const inner = script.startsWith("node:")
    ? { id: `node@${process.versions.node}`, file: script }
    : packageFile(script);
  if (inner === undefined) return undefined;
  return {
    id: inner.id,
    place: `${inner.id}/${inner.file}:${around.line}:${around.column}`,
    scopes: scopesOfCalls(around.scopes),
  };
}

/**
 * The scopes without those of the module: beside the module's own, functions without a name in which
 * all of a file stands, as in CommonJS, in UMD, and in what bundlers make.
 */
function scopesOfCalls(scopes: readonly Scope[]): readonly Scope[] {
  const last = scopes.findLastIndex(
    ({ description }) => !/^(Module|Script|Closure$)/.test(description),
  );
  return scopes.slice(0, last + 1);
}
