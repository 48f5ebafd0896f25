/**
 * What a Memory says while it works, at the levels that joblib uses.
 *
 * | `verbose` | says |
 * |---|---|
 * | 0 | nothing |
 * | 1 | computations and their duration, who else computes what a call waits for, `clear` |
 * | 2 | loads |
 * | 5 | how long loading took |
 * | 10 | where values are loaded from |
 * | 11 | where they are stored, and why computations are not locked |
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
/** The last time that a `Date` can hold. */
const LATEST_TIME_MS = 8.64e15;

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

/** The line about a call that waits for another process, by what {@link ownerText} says of it. */
export function waitingLine(functionId: string, owner: string): string {
  return `[Memory] Waiting for ${functionId}, which ${owner} computes`;
}

/** Who computes something, and since when. */
export function ownerText(
  owner: { readonly host: string; readonly pid: number; readonly since: number } | undefined,
): string {
  if (!owner) return "another process";
  const { host, pid, since } = owner;
  const isTime = Math.abs(since) <= LATEST_TIME_MS;
  const at = isTime ? `since ${new Date(since).toISOString()}` : "since some time";
  const seconds = Math.max(0, (Date.now() - since) / 1000);
  return `process ${pid} on ${host} (${at}, ${time(seconds)})`;
}

/** The line about computations that other processes may do at the same time. */
export function noLocksLine(functionId: string, why: string): string {
  return `[Memory] ${functionId} is computed without a lock: ${why}`;
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
