/**
 * Functions and classes that are values, or parts of values, in canonical bytes: by their code and
 * what it reaches, not by their identity.
 *
 * Beside the code, what is visible on a function counts: enumerable properties of its own (static
 * fields of a class among them) and of its `prototype`, and the class it extends.
 *
 * @module
 */

import type { AnyFunction } from "../code/parse.ts";
import { isNativeCode } from "../code/source.ts";
import { currentCode } from "./deep-code.ts";
import { intrinsicName } from "./intrinsic.ts";
import { originalOf, writeAdded, writeStatics, writeSuperclass } from "./own-code.ts";
import { Tag } from "./tag.ts";
import type { FunctionWriter, Walk } from "./walk.ts";

/** Writes functions by their code and its reach; refuses those of which these cannot be told. */
export const byCode: FunctionWriter = { value: writeFunction, maker: writeMaker };

// Classes of which part of the reach is unknown, by what is known. It outlives the class, whose
// instances may have keys on the disk.
const claimed = new Map<string, WeakRef<AnyFunction>>();

function writeFunction(walk: Walk, fn: AnyFunction): void {
  const original = originalOf(fn);
  const name = intrinsicName(original);
  if (name !== undefined) {
    walk.sink.byte(Tag.intrinsic);
    walk.sink.text(name);
  } else if (isNativeCode(original)) {
    throw walk.refusal(
      original,
      "is native or bound code, which has no source",
      "wrap it in a function of your own",
    );
  } else {
    walk.object(original, writeSource);
  }
}

function writeSource(walk: Walk, fn: AnyFunction): void {
  const { digest, missing } = currentCode(fn);
  if (missing !== undefined) {
    throw walk.refusal(
      fn,
      `depends on ${missing.name}, which ${missing.why}`,
      "pass what differs as an argument of its own",
    );
  }
  writeSuperclass(walk, fn);
  writeStatics(walk, fn);
  walk.sink.byte(Tag.code);
  walk.sink.raw(digest);
  writeAdded(walk, fn);
}

/** Writes the code of a class. Where it is not known in full, no other class may have the same. */
function writeMaker(walk: Walk, maker: AnyFunction): void {
  const { digest, missing } = currentCode(maker);
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
