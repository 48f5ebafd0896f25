/**
 * What a bound function holds: the function, its receiver and its first arguments.
 *
 * The language hides them; the inspector of the same thread tells.
 *
 * @module
 */

import type { Runtime } from "node:inspector";
import type { AnyFunction } from "../syntax/parse.ts";
import { isNativeCode } from "../syntax/source.ts";
import { InspectorSession } from "./inspector-session.ts";

/** The parts of a bound function. */
export interface Bound {
  /** The function that was bound; not a bound one itself. */
  readonly target: AnyFunction;
  /** What `this` is in it, whoever calls. */
  readonly receiver: unknown;
  /** What stands before the arguments of a call. */
  readonly args: readonly unknown[];
}

/**
 * The parts of a function that `bind` made, however often; `undefined` for any other, and where there
 * is no inspector.
 */
export function boundParts(fn: AnyFunction): Bound | undefined {
  if (!isNativeCode(fn)) return undefined;
  let session: InspectorSession | undefined;
  try {
    session = new InspectorSession();
    return boundPartsIn(session, fn);
  } catch {
    return undefined;
  } finally {
    session?.close();
  }
}

/** The same in a session that is open. Throws where the inspector refuses. */
export function boundPartsIn(session: InspectorSession, fn: AnyFunction): Bound | undefined {
  if (!isNativeCode(fn)) return undefined;
  const [id] = session.references([fn]);
  if (id === undefined) return undefined;
  const { internalProperties = [] } = session.properties(id);
  const remote = (name: string): Runtime.RemoteObject | undefined =>
    internalProperties.find((property) => property.name === name)?.value;
  const [target, held] = [remote("[[TargetFunction]]"), remote("[[BoundArgs]]")];
  if (target?.objectId === undefined || held?.objectId === undefined) return undefined;
  const { objectId: receiverId, value, unserializableValue } = remote("[[BoundThis]]") ?? {};
  // Of primitives the inspector gives a copy, unless JSON has no word for them.
  if (unserializableValue !== undefined) return undefined;
  const ids = [target.objectId, held.objectId, ...(receiverId === undefined ? [] : [receiverId])];
  const [inner, list, object] = session.objects(ids);
  if (typeof inner !== "function" || !Array.isArray(list)) return undefined;
  const receiver: unknown = receiverId === undefined ? value : object;
  const bound = { target: inner as AnyFunction, receiver, args: [...list] };
  const { target: between } = bound;
  if (!isNativeCode(between)) return bound;
  const deeper = boundPartsIn(session, between);
  return deeper && { ...deeper, args: [...deeper.args, ...bound.args] };
}
