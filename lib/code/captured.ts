/**
 * The values that a function closes over, as the inspector of its own thread tells them.
 *
 * The language has no way to read the variables of a closure or a module; `node:inspector` has. A
 * session within the process answers at once, on the same thread, beside a debugger that may be
 * attached as well, and opens no port. A function's scopes come as objects made for the occasion,
 * with the variables as properties: reading them runs no code of the user's.
 *
 * Where there is no inspector (built without it, forbidden by `--permission`) nothing is known.
 *
 * What cannot be read: the `this`, `super` and `new.target` that an arrow or a method captured, and
 * private names. On Node 20 a variable that is not initialised yet looks like `undefined`.
 *
 * @module
 */

import type { InspectorNotification, Runtime, Session } from "node:inspector";
import type { AnyFunction } from "./parse.ts";

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

/** Through which values are handed over. */
interface Holder {
  fn: AnyFunction | undefined;
  scopes: ArrayLike<Scope> | undefined;
}

const GROUP = "ndmemo";
const HOLDER = Symbol.for("ndmemo.inspected");

// Scripts never change and their ids are never used again.
const scripts = new Map<string, string>();

/**
 * Asks the inspector about functions of this thread. Opens a session for the first question, and
 * keeps it until {@link Inspection.close}: one for a graph of functions, not one for each.
 */
export class Inspection {
  #session: Session | undefined;
  #holderId = "";
  #failed = false;
  readonly #holder: Holder = { fn: undefined, scopes: undefined };

  /** Whether the inspector was needed and is not to be had, or refused an answer. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * What is around a function: some 0.2 ms. Undefined when the inspector is not to be had, and for
   * functions that are not written in JavaScript.
   */
  surroundings(fn: AnyFunction): Surroundings | undefined {
    return this.#ask(() => {
      this.#holder.fn = fn;
      const { result } = this.#call("function () { return this.fn }");
      const { internalProperties } = this.#post<Runtime.GetPropertiesReturnType>(
        "Runtime.getProperties",
        { objectId: result.objectId, ownProperties: true },
      );
      const inner = new Map(internalProperties?.map(({ name, value }) => [name, value]));
      const list = inner.get("[[Scopes]]")?.objectId;
      const location = inner.get("[[FunctionLocation]]")?.value;
      if (list === undefined || location === undefined) return undefined;

      this.#call("function (scopes) { this.scopes = scopes }", { objectId: list });
      const scopes = Array.from(this.#holder.scopes ?? []);
      // In a `with` block a name may be a property of any object, behind a getter or a proxy.
      if (scopes.some(({ description }) => description.startsWith("With"))) return undefined;
      return {
        scriptId: location.scriptId,
        scopes: scopes.filter(({ description }) => !description.startsWith("Global")),
        line: location.lineNumber,
        column: location.columnNumber,
      };
    });
  }

  /**
   * The URL or name of a script, empty where it has none; undefined when the inspector is not to be
   * had.
   *
   * The first time, and for each script loaded later, this lists all scripts of the thread: some
   * 0.1 ms for each of them.
   */
  script(scriptId: string): string | undefined {
    const known = scripts.get(scriptId);
    if (known !== undefined) return known;
    return this.#ask((session) => {
      const note = ({ params }: InspectorNotification<{ scriptId: string; url: string }>): void => {
        scripts.set(params.scriptId, params.url);
      };
      session.on("Debugger.scriptParsed", note);
      this.#post("Debugger.enable");
      this.#post("Debugger.disable");
      session.off("Debugger.scriptParsed", note);
      return scripts.get(scriptId) ?? "";
    });
  }

  /** Ends the session; nothing stays behind. */
  close(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    try {
      session.post("Runtime.releaseObjectGroup", { objectGroup: GROUP });
    } finally {
      session.disconnect();
    }
  }

  #ask<T>(question: (session: Session) => T): T | undefined {
    if (this.#failed) return undefined;
    try {
      this.#session ??= this.#open();
      return question(this.#session);
    } catch {
      // Without an inspector, or with one that refuses: callers make do with the source.
      this.#failed = true;
      return undefined;
    }
  }

  #open(): Session {
    const inspector = process.getBuiltinModule("node:inspector");
    const session = new inspector.Session();
    session.connect();
    this.#session = session;
    // Code that the session runs finds the holder where both sides can see it, for this moment. Not
    // on the global object, which is another one inside a vm context.
    Object.defineProperty(inspector, HOLDER, { value: this.#holder, configurable: true });
    try {
      const { result } = this.#post<Runtime.EvaluateReturnType>("Runtime.evaluate", {
        expression: `process.getBuiltinModule("node:inspector")[Symbol.for("${HOLDER.description}")]`,
        objectGroup: GROUP,
        silent: true,
      });
      if (result.objectId === undefined) throw new TypeError("The inspector sees another realm");
      this.#holderId = result.objectId;
    } finally {
      Reflect.deleteProperty(inspector, HOLDER);
    }
    return session;
  }

  #call(functionDeclaration: string, ...args: Runtime.CallArgument[]): Runtime.EvaluateReturnType {
    return this.#post("Runtime.callFunctionOn", {
      objectId: this.#holderId,
      functionDeclaration,
      arguments: args,
      objectGroup: GROUP,
      silent: true,
    });
  }

  #post<T>(method: string, params: object = {}): T {
    let answer: T | undefined;
    this.#session?.post(method, params, (error, result) => {
      if (error === null) answer = result as T;
    });
    // Sessions within a thread answer before `post` returns.
    if (answer === undefined) throw new TypeError(`The inspector does not answer ${method}`);
    return answer;
  }
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
