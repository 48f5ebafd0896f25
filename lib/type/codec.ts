/**
 * Instances of registered classes as other values and back, with what can go wrong on the way.
 *
 * @module
 */

import { types } from "node:util";
import { describe } from "../describe.ts";
import type { CacheError } from "../errors.ts";
import { type RegisteredType, typeNamed } from "./registry.ts";
import { Undecodable } from "./undecodable.ts";

/** Makes the error for an instance that cannot be encoded. */
export type Refuse = (reason: string, cause?: unknown) => CacheError;

/**
 * What `encode` makes of an instance.
 *
 * @throws TypeError where `encode` returns a promise; what `refuse` makes of any other fault.
 */
export function encodeInstance(type: RegisteredType, instance: object, refuse: Refuse): unknown {
  let encoded: unknown;
  try {
    encoded = type.encode(instance as never);
  } catch (cause) {
    throw refuse(`${encodeOf(type)} threw ${textOf(cause)}`, cause);
  }
  if (types.isPromise(encoded)) {
    encoded.catch(() => {});
    throw new TypeError(`${encodeOf(type)} returned a promise: it must return the value itself`);
  }
  // All instances would look alike.
  if (encoded === instance) throw refuse(`${encodeOf(type)} returned the instance itself`);
  return encoded;
}

/**
 * The instance that `decode` makes.
 *
 * @throws CacheError `ERR_UNSUPPORTED_VALUE` where no class of the name is registered, or it fails.
 */
export function decodeInstance(name: string, encoded: unknown): object {
  const type = needType(name);
  let instance: unknown;
  try {
    instance = type.decode(encoded as never);
  } catch (cause) {
    if (cause instanceof Undecodable) throw cause;
    throw undecodable(name, `threw ${textOf(cause)}`, cause);
  }
  const { prototype } = type;
  const isInstance =
    typeof instance === "object" &&
    instance !== null &&
    (prototype === undefined || Object.getPrototypeOf(instance) === prototype);
  if (isInstance) return instance as object;
  throw undecodable(
    name,
    `returned ${describe(instance)}, which is no direct instance of its class`,
  );
}

/** The type of a name. @throws CacheError `ERR_UNSUPPORTED_VALUE` where there is none. */
export function needType(name: string): RegisteredType {
  const type = typeNamed(name);
  if (type !== undefined) return type;
  throw new Undecodable(
    `no class is registered as ${JSON.stringify(name)} in this process: ` +
      "import the module that calls registerType for it",
    true,
  );
}

function encodeOf({ name }: RegisteredType): string {
  return `encode of the registered type ${JSON.stringify(name)}`;
}

function undecodable(name: string, what: string, cause?: unknown): CacheError {
  const message = `decode of the registered type ${JSON.stringify(name)} ${what}`;
  return new Undecodable(message, false, cause === undefined ? {} : { cause });
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : describe(thrown);
}
