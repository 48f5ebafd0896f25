/**
 * What a Memory says while it works, at the levels that joblib uses.
 *
 * | `verbose` | says |
 * |---|---|
 * | 0 | nothing |
 * | 1 | computations and their duration, `clear` |
 * | 2 | loads |
 * | 5 | how long loading took |
 * | 10 | where values are loaded from |
 * | 11 | where they are stored |
 * | 20 | each call, before anything is looked for |
 *
 * @module
 */

import { describe } from "./describe.ts";
import { wrongType } from "./errors.ts";
import type { Check } from "./options.ts";

/** Where a Memory writes what it does. */
export interface Logger {
  /** A line about the course of things. */
  info(text: string): void;
  /** A line about something that a user may regret, such as a cache that is cleared. */
  warn(text: string): void;
}

/** The logger that writes to the standard error stream. */
export const stderrLogger: Logger = {
  info: (text) => void process.stderr.write(`${text}\n`),
  warn: (text) => void process.stderr.write(`${text}\n`),
};

/** Accepts an object with the two methods. */
export const logger: Check<Logger> = (name, value) => {
  const { info, warn } = (value ?? {}) as Partial<Logger>;
  if (typeof info === "function" && typeof warn === "function") return value as Logger;
  throw wrongType(name, "an object with the methods info(text) and warn(text)", value);
};

const COLUMNS = 80;

/** The line before a computation. */
export function callingLine(functionId: string, name: string, args: readonly unknown[]): string {
  return `${"_".repeat(COLUMNS)}\n[Memory] Calling ${functionId}...\n${callText(name, args)}`;
}

/** A call as one would write it, each argument in bounded form. */
export function callText(name: string, args: readonly unknown[]): string {
  return `${name}(${args.map(describe).join(", ")})`;
}

/** The line after a computation, padded on the left as joblib pads it. */
export function durationLine(name: string, seconds: number): string {
  return `${name} - ${time(seconds)}`.padStart(COLUMNS, "_");
}

/** The line about how long a hit took to load. */
export function loadedLine(name: string, seconds: number): string {
  return `${name} cache loaded - ${time(seconds)}`.padStart(COLUMNS, "_");
}

/** The line about a call that is looked for. */
export function queryLine(
  name: string,
  args: readonly unknown[],
  argsId: string,
  path: string,
): string {
  return `[Memory] Querying ${callText(name, args)}, argument digest ${argsId}, in ${path}`;
}

/** The line about a hit. */
export function loadingLine(functionId: string, from: string | undefined): string {
  return `[Memory] Loading ${functionId}${from === undefined ? "..." : ` from ${from}`}`;
}

function time(seconds: number): string {
  return `${seconds.toFixed(1)}s, ${(seconds / 60).toFixed(1)}min`;
}
