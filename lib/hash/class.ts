/**
 * The class of an object in canonical bytes: nothing for a built-in class, a mark where there is no
 * prototype, and for other classes the name and code of each, up to the built-in one it extends.
 *
 * @module
 */

import type { AnyFunction } from "../code/parse.ts";
import { hasPrivateState } from "../code/private.ts";
import { registeredParent } from "../type/registry.ts";
import { builtInName, constructorOf } from "./base.ts";
import { inherited } from "./property.ts";
import { Tag } from "./tag.ts";
import type { Lineage, Walk } from "./walk.ts";

/**
 * Writes the classes above an object whose own class is not built in, and returns the name of the
 * built-in class at their end: null where the chain of prototypes ends without one.
 *
 * @param opaque whether the state of the object is told by other means, so that it may be private.
 * @throws CacheError `ERR_UNHASHABLE` where a class has private state, or a prototype no class.
 */
export function writeClass(
  walk: Walk,
  value: object,
  prototype: object | null,
  opaque: boolean,
): string | null {
  if (prototype === null) {
    walk.sink.byte(Tag.nullPrototype);
    return null;
  }
  const { digest, base } = walk.lineage(prototype, () => lineageOf(walk, value, prototype, opaque));
  walk.sink.byte(Tag.classChain);
  walk.sink.raw(digest);
  return base;
}

function lineageOf(walk: Walk, value: object, prototype: object, opaque: boolean): Lineage {
  const makers: AnyFunction[] = [];
  let base: string | undefined;
  for (
    let link: object | null = prototype;
    link !== null && base === undefined;
    link = Object.getPrototypeOf(link)
  ) {
    base = builtInName(link);
    if (base === undefined) makers.push(makerOf(walk, value, link, opaque));
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

function makerOf(walk: Walk, value: object, prototype: object, opaque: boolean): AnyFunction {
  const maker = constructorOf(prototype);
  if (maker === undefined) {
    throw walk.refusal(value, "has a prototype that is neither a class's nor null");
  }
  if (!opaque && hasPrivateState(maker)) {
    const parent = registeredParent(value);
    throw walk.refusal(
      value,
      `is of class ${inherited(walk, maker, "name")}, whose private (#) state cannot be seen`,
      parent === undefined
        ? "pass the data it is made of, or make the class known with registerType"
        : `pass the data it is made of, or register its own class: ${JSON.stringify(parent)} is ` +
            "registered for a class that it extends, and only direct instances count",
    );
  }
  return maker;
}
