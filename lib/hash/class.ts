/**
 * The class of an object in canonical bytes: nothing for a built-in class, a mark where there is no
 * prototype, and for other classes the name and code of each, up to the built-in one it extends.
 *
 * @module
 */

import type { AnyFunction } from "../code/parse.ts";
import { hasPrivateState } from "../code/private.ts";
import { builtInName, constructorOf } from "./base.ts";
import { writeCode } from "./function.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

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

  const { classes, base } = chainOf(walk, value, prototype);
  walk.sink.byte(Tag.classChain);
  walk.sink.raw(
    walk.classDigest(prototype, () => {
      walk.sink.uint64(classes.length);
      for (const constructor of classes) {
        walk.sink.text(String(constructor.name));
        writeCode(walk, constructor);
      }
      walk.sink.text(base ?? "");
    }),
  );
  return base;
}

function chainOf(walk: Walk, value: object, first: object): Chain {
  const classes: AnyFunction[] = [];
  for (let link: object | null = first; link !== null; link = Object.getPrototypeOf(link)) {
    const base = builtInName(link);
    if (base !== undefined) return { classes, base };
    const constructor = constructorOf(link);
    if (constructor === undefined) {
      throw walk.refusal(value, "has a prototype that is neither a class's nor null");
    }
    if (hasPrivateState(constructor)) {
      throw walk.refusal(
        value,
        `is of class ${constructor.name}, whose private (#) state cannot be seen`,
        "pass the data it is made of, register the class with registerType, or ignore this argument",
      );
    }
    classes.push(constructor);
  }
  return { classes, base: null };
}

interface Chain {
  readonly classes: readonly AnyFunction[];
  readonly base: string | null;
}
