/**
 * Warnings: what a user should know although the call goes on.
 *
 * They go through `process.emitWarning` with the type `CacheWarning` and the code of the error
 * that is behind them, so that they can be filtered, counted, and turned into a trace
 * (`--trace-warnings`).
 *
 * @module
 */

import { constants } from "node:os";

/** Emits one `CacheWarning`. */
export function warn(code: string, message: string): void {
  process.emitWarning(message, { type: "CacheWarning", code });
}

/** The code of an error, or its name where it has none. */
export function errorCode(error: unknown): string {
  if (error instanceof Error) {
    const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
    return /^unknown/i.test(code) ? (systemCode(error) ?? code) : code;
  }
  return "ERR_UNKNOWN";
}

/** The name of an error that the system knows and Node does not, such as `EDQUOT` and `ESTALE`. */
function systemCode(error: Error): string | undefined {
  const number = Number(("errno" in error && error.errno) || /-\d+/.exec(error.message));
  return Object.entries(constants.errno).find(([, each]) => each === -number)?.[0];
}

/** The message of an error, or a text for a thrown value that is none. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const MOST_REMEMBERED = 1000;

/** Emits a warning about each thing once: what a loop would repeat is said at its first turn only. */
export class WarnOnce {
  readonly #said = new Set<string>();

  /** Emits the warning unless one about the same thing was emitted through this object before. */
  warn(about: string, code: string, message: string): void {
    const key = `${code} ${about}`;
    if (this.#said.has(key) || this.#said.size >= MOST_REMEMBERED) return;
    this.#said.add(key);
    warn(code, message);
  }
}
