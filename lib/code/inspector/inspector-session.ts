/**
 * A session with the inspector of this thread, through which objects go in and come out by
 * reference.
 *
 * Sessions within a thread answer before `post` returns, beside a debugger that may be attached as
 * well, and open no port. They see the same objects as the program: one of them, the holder, is
 * known to both sides.
 *
 * @module
 */

import type { InspectorNotification, Runtime, Session } from "node:inspector";

/** A reference to an object as the inspector gives it out. */
export type ObjectId = string;

/** The properties of an object, and what the engine keeps with it. */
export type Properties = Runtime.GetPropertiesReturnType;

const HOLDER = Symbol.for("ndmemo.inspected");

/** One session. Every method throws where the inspector refuses. */
export class InspectorSession {
  readonly #session: Session;
  readonly #holder: Record<string, unknown> = Object.create(null);
  readonly #holderId: ObjectId;

  /** Opens a session. Throws where there is no inspector, or it is forbidden. */
  constructor() {
    const inspector = process.getBuiltinModule("node:inspector");
    this.#session = new inspector.Session();
    this.#session.connect();
    try {
      this.#holderId = this.#findHolder(inspector);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** References to some objects, each of them another. */
  references(objects: readonly object[]): readonly ObjectId[] {
    for (const [i, object] of objects.entries()) this.#holder[i] = object;
    const ids: ObjectId[] = [];
    for (const { name, value } of this.properties(this.#holderId).result) {
      if (value?.objectId !== undefined) ids[Number(name)] = value.objectId;
    }
    for (const i of objects.keys()) delete this.#holder[i];
    return ids;
  }

  /** The objects that some references stand for. */
  objects(ids: readonly ObjectId[]): readonly unknown[] {
    this.post("Runtime.callFunctionOn", {
      objectId: this.#holderId,
      functionDeclaration: "function (...objects) { this.objects = objects }",
      arguments: ids.map((objectId) => ({ objectId })),
      silent: true,
    });
    const { objects } = this.#holder;
    delete this.#holder["objects"];
    // Of this realm, like the function that the inspector ran.
    return Array.isArray(objects) ? objects : [];
  }

  /** The own properties of an object. */
  properties(objectId: ObjectId): Properties {
    return this.post("Runtime.getProperties", { objectId, ownProperties: true });
  }

  /** Runs something, and hears of each event with this name meanwhile. */
  listening<T extends object>(event: string, hear: (params: T) => void, run: () => void): void {
    const listener = ({ params }: InspectorNotification<T>): void => hear(params);
    this.#session.on(event, listener);
    try {
      run();
    } finally {
      this.#session.off(event, listener);
    }
  }

  /** Sends a command, and returns the answer. */
  post<T>(method: string, params: object = {}): T {
    let answer: T | undefined;
    this.#session.post(method, params, (error, result) => {
      if (error === null) answer = result as T;
    });
    if (answer === undefined) throw new TypeError(`The inspector does not answer ${method}`);
    return answer;
  }

  /** Ends the session; nothing stays behind. */
  close(): void {
    this.#session.disconnect();
  }

  #findHolder(inspector: object): ObjectId {
    // Code that the session runs finds the holder where both sides can see it, for this moment. Not
    // on the global object, which is another one inside a vm context.
    Object.defineProperty(inspector, HOLDER, { value: this.#holder, configurable: true });
    try {
      const { result } = this.post<Runtime.EvaluateReturnType>("Runtime.evaluate", {
        expression: `process.getBuiltinModule("node:inspector")[Symbol.for("${HOLDER.description}")]`,
        silent: true,
      });
      if (result.objectId === undefined) throw new TypeError("The inspector sees another realm");
      return result.objectId;
    } finally {
      Reflect.deleteProperty(inspector, HOLDER);
    }
  }
}
