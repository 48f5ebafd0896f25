/**
 * The class of an object in canonical bytes: nothing for a built-in class, a mark where there is no
 * prototype, and for other classes the name and code of each, up to the built-in one it extends.
 *
 * @module
 */

import { types } from "node:util";
import type { AnyFunction } from "../code/syntax/parse.ts";
import { hasPrivateState } from "../code/syntax/private.ts";
import { registeredParent } from "../type/registry.ts";
import { builtInName, constructorOf } from "./base.ts";
import { writeLinked } from "./code/own-code.ts";
import { packagedLineage } from "./code/packaged-lineage.ts";
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
  const look = (): Lineage => lineageOf(walk, value, prototype, opaque);
  const find = opaque ? (): Lineage => packagedLineage(prototype, look) : look;
  const { digest, base, secretive } = walk.lineage(prototype, find);
  walk.sink.byte(Tag.classChain);
  walk.sink.raw(digest);
  // Where it is left out, what is visible of the object counts all the same.
  if (secretive !== undefined && !opaque) refusePrivate(walk, value, secretive);
  return base;
}

/**
 * Refuses an object because a class above it has private state; leaves that out where it may.
 *
 * @param register the name of the collection in which it is kept, if so.
 */
export function refusePrivate(
  walk: Walk,
  value: object,
  maker: AnyFunction,
  register?: string,
): void {
  const parent = registeredParent(value);
  walk.leaveOut(
    value,
    `is of class ${inherited(walk, maker, "name")}, ` +
      (register === undefined
        ? "whose private (#) state cannot be seen"
        : `which may keep private state in "${register}", a collection of objects`),
    parent === undefined
      ? "pass the data it is made of, or make the class known with registerType"
      : `pass the data it is made of, or register its own class: ${JSON.stringify(parent)} is ` +
          "registered for a class that it extends, and only direct instances count",
  );
}

function lineageOf(walk: Walk, value: object, prototype: object, opaque: boolean): Lineage {
  const links: object[] = [];
  let base: string | undefined;
  for (
    let link: object | null = prototype;
    link !== null && base === undefined;
    link = Object.getPrototypeOf(link)
  ) {
    if (types.isProxy(link)) throw walk.refusal(value, "inherits from a proxy");
    base = builtInName(link);
    if (base === undefined) links.push(link);
  }
  const makers = links.map(constructorOf);
  const secretive = makers.find((maker) => maker !== undefined && hasPrivateState(maker));
  if (!walk.inert) {
    if (makers.includes(undefined)) {
      throw walk.refusal(value, "has a prototype that is neither a class's nor null");
    }
    if (secretive !== undefined && !opaque) refusePrivate(walk, value, secretive);
  }
  const digest = walk.framed(() => {
    walk.sink.uint64(links.length);
    for (const [i, link] of links.entries()) {
      const maker = makers[i];
      if (maker === undefined) {
        // An object made for the purpose, which has no class that would tell what is on it.
        walk.sink.text("");
        walk.sink.byte(Tag.object);
        writeLinked(walk, link);
      } else {
        walk.sink.text(String(inherited(walk, maker, "name")));
        walk.functions.maker(walk, maker, opaque ? undefined : value);
      }
    }
    walk.sink.text(base ?? "");
  });
  return { digest, base: base ?? null, secretive };
}
