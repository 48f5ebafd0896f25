/**
 * Objects of small built-in classes in canonical bytes: dates, errors, expressions, boxed values.
 *
 * Values are read by the methods of the built-in class, not by what the object has under the name.
 *
 * @module
 */

import { URL, URLSearchParams } from "node:url";
import { inherited, writeOwn } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

/** Writes the time value, NaN for an invalid date. */
export function writeDate(walk: Walk, date: Date): void {
  walk.sink.byte(Tag.date);
  walk.sink.float64(Date.prototype.getTime.call(date));
}

/** Writes source, flags and `lastIndex`. */
export function writeRegExp(walk: Walk, regExp: RegExp): void {
  walk.sink.byte(Tag.regExp);
  walk.part("source", regExp.source);
  walk.part("flags", regExp.flags);
  walk.part("lastIndex", regExp.lastIndex);
}

/** Writes the built-in class, name and message, and cause and errors where it has its own. */
export function writeError(walk: Walk, error: Error, base: string | null): void {
  walk.sink.byte(Tag.error);
  walk.sink.text(base ?? "");
  walk.part("name", inherited(walk, error, "name"));
  walk.part("message", inherited(walk, error, "message"));
  for (const name of ["cause", "errors"]) {
    if (Object.hasOwn(error, name)) writeOwn(walk, error, name);
    else walk.sink.byte(Tag.absent);
  }
}

/** A writer of a boxed primitive, by the prototype of its class. */
export function boxWriter(prototype: { valueOf(): unknown }): (walk: Walk, box: object) => void {
  return (walk, box) => {
    walk.sink.byte(Tag.boxed);
    walk.part("valueOf()", prototype.valueOf.call(box));
  };
}

const href = Object.getOwnPropertyDescriptor(URL.prototype, "href")?.get;

/** Writes the text of a URL. */
export function writeUrl(walk: Walk, url: object): void {
  writeText(walk, Tag.url, url, () => href?.call(url));
}

/** Writes the text of search parameters, whose order counts. */
export function writeSearchParams(walk: Walk, params: object): void {
  writeText(walk, Tag.searchParams, params, () => URLSearchParams.prototype.toString.call(params));
}

function writeText(walk: Walk, tag: number, value: object, read: () => string): void {
  let text: string;
  try {
    text = read();
  } catch {
    throw walk.refusal(value, "has the prototype of a class that did not make it");
  }
  walk.sink.byte(tag);
  walk.sink.text(text);
}
