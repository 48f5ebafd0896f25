/**
 * What the code of a function was, in short: kept with its entries, for people who ask later what
 * has changed.
 *
 * @module
 */

import type { AnyFunction } from "../../code/syntax/parse.ts";
import { isNativeCode } from "../../code/syntax/source.ts";
import { type CodeOptions, codeOf, isVersioned, type Track } from "./code.ts";
import type { LeftOut, Reached } from "./findings.ts";
import { ownDigest } from "./own-code.ts";

/** The code of a function, in short: nothing but texts, numbers and lists of them. */
export interface CodeRecord {
  /** The code id. */
  readonly codeId: string;
  /** What counted as the code. */
  readonly track: Track | "version";
  /** The digest of the function's own source; null where that did not count. */
  readonly own: string | null;
  /** What else counted. */
  readonly reached: readonly Reached[];
  /** What did not count. */
  readonly leftOut: readonly LeftOut[];
  /** Whether the lists are longer than what is here. */
  readonly cut: boolean;
}

/** The most bytes that a record has as JSON. */
export const LONGEST_RECORD: number = 2 ** 22;

const MAX_LISTED = 500;
const MAX_TEXT = 200;

/**
 * The record of a function's code: at most some 100 KB as JSON, and usually a few hundred bytes.
 * Costs nothing once {@link codeOf} was asked with the same options.
 */
export function codeRecord(fn: AnyFunction, options: Track | CodeOptions): CodeRecord {
  const { codeId, reached, leftOut } = codeOf(fn, options);
  const track = trackOf(options);
  const hasSource = (track === "deep" || track === "own") && !isNativeCode(fn);
  return {
    codeId,
    track,
    own: hasSource ? ownDigest(fn).toString("hex") : null,
    reached: reached.slice(0, MAX_LISTED).map((one) => ({ ...one, name: short(one.name) })),
    leftOut: leftOut.slice(0, MAX_LISTED).map(({ name, why }) => ({ name: short(name), why })),
    cut: reached.length > MAX_LISTED || leftOut.length > MAX_LISTED,
  };
}

/** Whether a value, such as what a file holds that anybody may have written, is a record. */
export function isCodeRecord(value: unknown): value is CodeRecord {
  if (!isObject(value)) return false;
  const { codeId, track, own, reached, leftOut, cut } = value;
  return (
    typeof codeId === "string" &&
    ["deep", "own", "none", "version"].includes(track as string) &&
    (own === null || typeof own === "string") &&
    isList(reached, isReached) &&
    isList(leftOut, (one) => isObject(one) && areTexts(one["name"], one["why"])) &&
    typeof cut === "boolean"
  );
}

function isReached(one: unknown): boolean {
  if (!isObject(one)) return false;
  const { kind, name, id, file = "", line = 0 } = one;
  const isKind = ["function", "class", "constant", "data", "package"].includes(kind as string);
  return isKind && areTexts(name, id, file) && Number.isSafeInteger(line);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= MAX_LISTED && value.every(isItem);
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === "string");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function trackOf(options: Track | CodeOptions): CodeRecord["track"] {
  if (typeof options === "string") return options;
  return isVersioned(options) ? "version" : options.track;
}

function short(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
