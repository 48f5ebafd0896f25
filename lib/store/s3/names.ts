/**
 * The names of objects: the only file that turns keys into them, and back.
 *
 * ```
 * <prefix>/ndmemo/v1/<module>#<name>/<code id>/<args id>/entry.json     the manifest, and small files
 *                                                        0-<nonce>.npy  a file
 *                                                        used           written when it was used
 *                                                        lease          held while it is computed
 * ```
 *
 * The name of a function is escaped as in a local store, so no name is longer than the prefix and
 * about 240 characters.
 *
 * @module
 */

import { directoryName, type EntryKey, FORMAT, MANIFEST } from "../layout.ts";

/** The object that makes a use known: its time is the last use. */
export const USED = "used";
/** The object that says who computes an entry. */
export const LEASE = "lease";

/** The parts of a name. */
export interface ObjectName {
  /** The name of the function, escaped. */
  readonly directory: string;
  readonly codeId: string;
  readonly argsId: string;
  readonly file: string;
}

const PATTERN = /^([\w.#@+=,%~-]+)\/([0-9a-f]{32})\/([0-9a-f]{32})\/([0-9a-z.-]{1,40})$/;

/** The names of the objects below a prefix. */
export class ObjectNames {
  /** What all of them begin with. */
  readonly root: string;
  /** What those of all formats begin with. */
  readonly base: string;

  constructor(prefix: string) {
    this.base = `${prefix}ndmemo/`;
    this.root = `${this.base}v${FORMAT}/`;
  }

  /** What the names of a function begin with, or of all. */
  function(functionId?: string): string {
    return functionId === undefined ? this.root : `${this.root}${directoryName(functionId)}/`;
  }

  /** What the names of an entry begin with. */
  entry({ functionId, codeId, argsId }: EntryKey): string {
    return `${this.function(functionId)}${codeId}/${argsId}/`;
  }

  /** The name of the manifest. */
  manifest(key: EntryKey): string {
    return this.entry(key) + MANIFEST;
  }

  /** The parts of a name; `undefined` for what is not ours. */
  parse(name: string): ObjectName | undefined {
    if (!name.startsWith(this.root)) return undefined;
    const [, directory, codeId, argsId, file] = PATTERN.exec(name.slice(this.root.length)) ?? [];
    if (!directory || !codeId || !argsId || !file) return undefined;
    return { directory, codeId, argsId, file };
  }
}

/** The function that an escaped name stands for; `undefined` where the name was cut. */
export function functionIdOf(directory: string): string | undefined {
  if (directory.includes("~")) return undefined;
  try {
    return decodeURIComponent(directory);
  } catch {
    return undefined;
  }
}
