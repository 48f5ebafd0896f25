/**
 * Kinds of stores by name.
 *
 * @module
 */

import { wrongType, wrongValue } from "../errors.ts";
import { StoreBackend } from "./backend.ts";

/**
 * A class of stores: made from a location and the option `backendOptions`, which is an object of
 * whatever the user gave; the constructor says what is wrong with it.
 */
export type StoreBackendClass = new (location: string, options: never) => StoreBackend;

/** The kind of store that is a directory of this machine. */
export const LOCAL = "local";

type Constructor = new (location: string, options: object) => StoreBackend;

const classes = new Map<string, Constructor>();

/**
 * Makes a kind of store available as `new Memory(location, { backend: name, backendOptions })`.
 *
 * A name that is in use gives way, as in joblib: a module may be evaluated twice.
 *
 * @throws TypeError where the name is no string, or the class does not extend {@link StoreBackend};
 * RangeError for the names `""` and `"local"`.
 */
export function registerStoreBackend(name: string, backendClass: StoreBackendClass): void {
  if (typeof name !== "string") throw wrongType("the name of a store backend", "a string", name);
  if (name === "" || name === LOCAL) {
    throw wrongValue("the name of a store backend", `a name other than "" and "${LOCAL}"`, name);
  }
  const isBackend =
    typeof backendClass === "function" && backendClass.prototype instanceof StoreBackend;
  if (!isBackend) {
    throw wrongType("a store backend", "a class that extends StoreBackend", backendClass);
  }
  classes.set(name, backendClass as Constructor);
}

/** The class of a name. @throws TypeError where there is none. */
export function backendClassOf(name: string): Constructor {
  const found = classes.get(name);
  if (found) return found;
  const known = [LOCAL, ...classes.keys()].map((each) => JSON.stringify(each)).join(", ");
  throw new TypeError(
    `There is no store backend ${JSON.stringify(name)}: known are ${known}. Others are made known ` +
      "by registerStoreBackend, in each program that uses them" +
      (name === "s3" ? '; "s3" by import "ndmemo/s3"' : ""),
  );
}

/** The name under which a store's class is registered, or else that of the class. */
export function backendNameOf(backend: StoreBackend): string {
  for (const [name, each] of classes) if (backend.constructor === each) return name;
  return backend.constructor.name;
}
