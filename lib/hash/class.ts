/**
 * The class of an object in canonical bytes: nothing for a built-in class, a mark where there is no
 * prototype, and for other classes the name and code of each, up to the built-in one it extends.
 *
 * @module
 */

import type { AnyFunction } from "../code/parse.ts";
import { hasPrivateState } from "../code/private.ts";
import { builtInName, constructorOf } from "./base.ts";
import { inherited } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Lineage, Walk } from "./walk.ts";

/**
 * Writes the classes above an object, and returns the name of the built-in class at their end: null
 * where the chain of prototypes ends without one.
 *
 * @throws CacheError `ERR_UNHASHABLE` where a class has private state, or a prototype no class.
 */
export function writeClass(walk: Walk, value: object): string | null {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null) {
    walk.sink.byte(Tag.nullPrototype);
    return null;
  }
  const builtIn = builtInName(prototype);
  if (builtIn !== undefined) return builtIn;

  const { digest, base } = walk.lineage(prototype, () => lineageOf(walk, value, prototype));
  walk.sink.byte(Tag.classChain);
  walk.sink.raw(digest);
  return base;
}

function lineageOf(walk: Walk, value: object, prototype: object): Lineage {
  const makers: AnyFunction[] = [];
  let base: string | undefined;
  for (
    let link: object | null = prototype;
    link !== null && base === undefined;
    link = Object.getPrototypeOf(link)
  ) {
    base = builtInName(link);
    if (base === undefined) makers.push(makerOf(walk, value, link));
  }
  const digest = walk.framed(() => {
    walk.sink.uint64(makers.length);
    for (const maker of makers) {
      walk.sink.text(String(inherited(walk, maker, "name")));
      walk.functions.maker(walk, maker);
    }
    walk.sink.text(base ?? "");
  });
  return { digest, base: base ?? null };
}

function makerOf(walk: Walk, value: object, prototype: object): AnyFunction {
  const maker = constructorOf(prototype);
  if (maker === undefined) {
    throw walk.refusal(value, "has a prototype that is neither a class's nor null");
  }
  if (hasPrivateState(maker)) {
    throw walk.refusal(
      value,
      `is of class ${inherited(walk, maker, "name")}, whose private (#) state cannot be seen`,
      "pass the data it is made of",
    );
  }
  return maker;
}
