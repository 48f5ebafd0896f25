/**
 * Functions and classes in canonical bytes: by their code, not by their identity.
 *
 * What a function closes over is not seen here. What is visible on it counts: enumerable properties
 * of its own (static fields of a class among them) and of its `prototype`, and the class it extends.
 *
 * @module
 */

import type { AnyFunction } from "../code/parse.ts";
import { functionCode, isNativeCode } from "../code/source.ts";
import { builtInName } from "./base.ts";
import { intrinsicName } from "./intrinsic.ts";
import { writeAdditions, writeExtras } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";
import { rawDigest } from "./xxh3.ts";

/** Under this symbol a memorized function holds the original, for which it stands. */
const ORIGINAL = Symbol.for("ndmemo.func");

const digests = new WeakMap<AnyFunction, Buffer>();

/** Writes a function or class. */
export function writeFunction(walk: Walk, fn: AnyFunction): void {
  const original: unknown = Reflect.get(fn, ORIGINAL);
  const name = intrinsicName(fn);
  if (typeof original === "function") {
    writeFunction(walk, original);
  } else if (name !== undefined) {
    walk.sink.byte(Tag.intrinsic);
    walk.sink.text(name);
  } else if (isNativeCode(fn)) {
    throw walk.refusal(
      fn,
      "is native or bound code, which has no source",
      "wrap it in a function of your own",
    );
  } else {
    walk.object(fn, writeSource);
  }
}

/** Writes the digest of a function's own code, and what was added to its prototype. */
export function writeCode(walk: Walk, fn: AnyFunction): void {
  let digest = digests.get(fn);
  if (digest === undefined) {
    digest = rawDigest(Buffer.from(functionCode(fn), "utf16le"));
    digests.set(fn, digest);
  }
  walk.sink.raw(digest);
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, "prototype")?.value;
  writeAdditions(walk, typeof prototype === "object" && prototype !== null ? prototype : {});
}

function writeSource(walk: Walk, fn: AnyFunction): void {
  const parent: unknown = Object.getPrototypeOf(fn);
  if (typeof parent === "function" && builtInName(parent) !== "Function") {
    walk.sink.byte(Tag.superclass);
    writeFunction(walk, parent);
  }
  writeExtras(walk, fn, Object.keys(fn));
  walk.sink.byte(Tag.code);
  writeCode(walk, fn);
}
