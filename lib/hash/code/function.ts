/**
 * Functions and classes that are values, or parts of values, in canonical bytes: by their code and
 * what it reaches, not by their identity.
 *
 * Beside the code, what is visible on a function counts: enumerable properties of its own (static
 * fields of a class among them) and of its `prototype`, and the class it extends.
 *
 * @module
 */

import { type Bound, boundParts } from "../../code/inspector/bound.ts";
import type { AnyFunction } from "../../code/syntax/parse.ts";
import { usesThis } from "../../code/syntax/scope.ts";
import { isNativeCode } from "../../code/syntax/source.ts";
import { refusePrivate } from "../class.ts";
import { Tag } from "../tag.ts";
import type { FunctionWriter, Walk } from "../walk.ts";
import { currentCode } from "./deep-code.ts";
import { intrinsicName } from "./intrinsic.ts";
import { originalOf, toldOf } from "./memorized.ts";
import { writeAdded, writeInherited, writeStatics, writeSuperclass } from "./own-code.ts";

/** Writes functions by their code and its reach; refuses those of which these cannot be told. */
export const byCode: FunctionWriter = { value: writeFunction, maker: writeMaker };

// Classes of which part of the reach is unknown, by what is known. It outlives the class, whose
// instances may have keys on the disk.
const claimed = new Map<string, WeakRef<AnyFunction>>();

function writeFunction(walk: Walk, fn: AnyFunction): void {
  const told = toldOf(fn);
  const original = originalOf(fn);
  const name = told ? undefined : intrinsicName(original);
  if (name !== undefined) {
    walk.sink.byte(Tag.intrinsic);
    walk.sink.text(name);
  } else if (isNativeCode(original) && told?.version === undefined) {
    const bound = boundParts(original);
    if (bound) walk.object(original, () => writeBound(walk, original, bound));
    else {
      const advice = "wrap it in a function of your own";
      throw walk.refusal(original, "is native code, which has no source", advice);
    }
  } else {
    walk.object(told ? fn : original, told ? writeTold : writeSource);
  }
}

/** Writes what a bound function calls, and with what: by content, as if these were arguments. */
function writeBound(walk: Walk, fn: AnyFunction, { target, receiver, args }: Bound): void {
  writeStatics(walk, fn);
  walk.sink.byte(Tag.bound);
  walk.part("target", target);
  walk.sink.byte(usesThis(target) ? Tag.true : Tag.false);
  if (usesThis(target)) walk.part("this", receiver);
  walk.sink.uint64(args.length);
  for (const [i, arg] of args.entries()) walk.part(i, arg);
}

/** Writes a memorized function about whose code its user said something. */
function writeTold(walk: Walk, memorized: AnyFunction): void {
  const digest = wholeDigest(walk, memorized);
  walk.sink.byte(Tag.code);
  walk.sink.raw(digest);
  walk.sink.uint64(0);
}

function writeSource(walk: Walk, fn: AnyFunction): void {
  const digest = wholeDigest(walk, fn);
  writeSuperclass(walk, fn);
  writeInherited(walk, fn);
  writeStatics(walk, fn);
  walk.sink.byte(Tag.code);
  walk.sink.raw(digest);
  writeAdded(walk, fn);
}

/** The digest of the code of a function, all of which must be known. */
function wholeDigest(walk: Walk, fn: AnyFunction): Buffer {
  const { digest, missing } = currentCode(fn);
  if (missing === undefined) return digest;
  throw walk.refusal(
    fn,
    `depends on ${missing.name}, which ${missing.why}`,
    "pass what differs as an argument of its own",
  );
}

/**
 * Writes the code of a class. Where it is not known in full, no other class may have the same; where
 * it keeps something for each object in a collection, that may be the state of its instances.
 */
function writeMaker(walk: Walk, maker: AnyFunction, instance?: object): void {
  const { digest, missing, register } = currentCode(maker);
  if (register !== undefined && instance !== undefined) {
    refusePrivate(walk, instance, maker, register);
  }
  if (missing !== undefined) {
    const id = digest.toString("hex");
    const claim = claimed.get(id);
    if (claim === undefined) {
      claimed.set(id, new WeakRef(maker));
    } else if (claim.deref() !== maker) {
      throw walk.refusal(
        maker,
        `has the code of another class and depends on ${missing.name}, which ${missing.why}`,
        "make the class once, outside the function around it, or pass plain data",
      );
    }
  }
  walk.sink.raw(digest);
  writeAdded(walk, maker);
}
