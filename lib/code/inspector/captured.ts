/**
 * The values that a function closes over, as the inspector of its own thread tells them.
 *
 * The language has no way to read the variables of a closure or a module; `node:inspector` has. A
 * function's scopes come as objects made for the occasion, with the variables as properties: reading
 * them runs no code of the user's.
 *
 * Where there is no inspector (built without it, forbidden by `--permission`) nothing is known.
 *
 * What cannot be read: the `this`, `super` and `new.target` that an arrow or a method captured, and
 * private names. On Node 20 a variable that is not initialised yet looks like `undefined`.
 *
 * @module
 */

import type { Debugger } from "node:inspector";
import type { AnyFunction } from "../syntax/parse.ts";
import { type Bound, boundPartsIn } from "./bound.ts";
import { InspectorSession, type ObjectId } from "./inspector-session.ts";
import { scriptName } from "./script.ts";

/** What the inspector tells about one function. */
export interface Surroundings {
  /** Which script it is in: a number of this thread alone. */
  readonly scriptId: string;
  /** The scopes around it, innermost first, without the global object. */
  readonly scopes: readonly Scope[];
  /** Counted from 0. */
  readonly line: number;
  /** Counted from 0. */
  readonly column: number;
}

/** The variables of one scope. */
export interface Scope {
  /** Its kind, and its function where that has a name: `Closure (make)`, `Module`, `Block`. */
  readonly description: string;
  /** An object with the variables as properties. */
  readonly object: object;
}

/** A function of which the inspector has told the place. */
interface Located {
  readonly fn: AnyFunction;
  readonly scopesId: ObjectId;
  readonly location: Debugger.Location;
}

// What the inspector is asked at once: its answers are texts, with the source of each function.
const MOST_AT_ONCE = 256;

/**
 * Asks the inspector about functions of this thread. Opens a session for the first question, and
 * keeps it until {@link Inspection.close}: one for a graph of functions, not one for each.
 */
export class Inspection {
  #session: InspectorSession | undefined;
  #failed = false;
  readonly #seen = new Map<AnyFunction, Surroundings | undefined>();

  /** Whether the inspector was needed and is not to be had, or refused an answer. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * What is around a function: some 0.3 ms, or 0.1 ms for one of many. Undefined when the inspector
   * is not to be had, and for functions that are not written in JavaScript.
   */
  surroundings(fn: AnyFunction): Surroundings | undefined {
    if (!this.#seen.has(fn)) this.look([fn]);
    return this.#seen.get(fn);
  }

  /** Asks about several functions at once, so that {@link Inspection.surroundings} knows them. */
  look(fns: Iterable<AnyFunction>): void {
    const unseen = [...new Set(fns)].filter((fn) => !this.#seen.has(fn));
    for (let start = 0; start < unseen.length; start += MOST_AT_ONCE) {
      const some = unseen.slice(start, start + MOST_AT_ONCE);
      for (const fn of some) this.#seen.set(fn, undefined);
      this.#ask((session) => this.#lookAt(session, some));
    }
  }

  /**
   * The URL or name of the script that a function is in, empty where it has none; undefined where its
   * surroundings are.
   */
  script(fn: AnyFunction): string | undefined {
    const around = this.surroundings(fn);
    return around && this.#ask((session) => scriptName(session, fn, around));
  }

  /** The parts of a function that `bind` made; undefined for any other. */
  bound(fn: AnyFunction): Bound | undefined {
    if (this.#failed) return undefined;
    try {
      this.#session ??= new InspectorSession();
      return boundPartsIn(this.#session, fn);
    } catch {
      return undefined;
    }
  }

  /** Ends the session; nothing stays behind. */
  close(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#seen.clear();
    session?.close();
  }

  #ask<T>(question: (session: InspectorSession) => T): T | undefined {
    if (this.#failed) return undefined;
    try {
      this.#session ??= new InspectorSession();
      return question(this.#session);
    } catch {
      // Without an inspector, or with one that refuses: callers make do with the source.
      this.#failed = true;
      return undefined;
    }
  }

  #lookAt(session: InspectorSession, fns: readonly AnyFunction[]): void {
    const ids = session.references(fns);
    const found = fns.flatMap((fn, i) => locate(session, fn, ids[i]) ?? []);
    if (found.length === 0) return;
    const lists = session.objects(found.map(({ scopesId }) => scopesId));
    for (const [i, { fn, location }] of found.entries()) {
      const scopes = Array.from((lists[i] ?? []) as ArrayLike<Scope>);
      // In a `with` block a name may be a property of any object, behind a getter or a proxy.
      if (scopes.some(({ description }) => description.startsWith("With"))) continue;
      this.#seen.set(fn, {
        scriptId: location.scriptId,
        scopes: scopes.filter(({ description }) => !description.startsWith("Global")),
        line: location.lineNumber,
        column: location.columnNumber ?? 0,
      });
    }
  }
}

function locate(
  session: InspectorSession,
  fn: AnyFunction,
  id: ObjectId | undefined,
): Located | undefined {
  if (id === undefined) throw new TypeError("The inspector does not know a function");
  const inner = new Map(
    session.properties(id).internalProperties?.map(({ name, value }) => [name, value]),
  );
  const scopesId = inner.get("[[Scopes]]")?.objectId;
  const location: Debugger.Location | undefined = inner.get("[[FunctionLocation]]")?.value;
  return scopesId === undefined || location === undefined ? undefined : { fn, scopesId, location };
}

/** What {@link valueIn} finds. */
export type Found = { readonly value: unknown } | "uninitialised" | undefined;

/** The value of a variable in the innermost of some scopes that has it. */
export function valueIn(scopes: readonly Scope[], name: string): Found {
  for (const { object } of scopes) {
    if (!Object.hasOwn(object, name)) continue;
    try {
      return { value: Reflect.get(object, name) };
    } catch {
      // From Node 22 on the engine throws for what it has not initialised.
      return "uninitialised";
    }
  }
  return undefined;
}
