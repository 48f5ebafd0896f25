/**
 * Instances of registered classes in canonical bytes: the name, and what `encode` makes of them.
 *
 * The code of the class counts as well, as it does for instances of other classes: a method that a
 * cached function calls on its argument is part of what it computes. The classes that are registered
 * from the start count by name alone, since copies of several releases may meet.
 *
 * @module
 */

import { encodeInstance } from "../type/codec.ts";
import type { RegisteredType } from "../type/registry.ts";
import { writeClass } from "./class.ts";
import { ENCODED } from "./path.ts";
import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

/**
 * Writes an instance. Runs `encode`, also in a pass that runs no code of a value's: it was given for
 * that.
 *
 * @param builtIn the built-in class that it is an instance of, if any.
 */
export function writeRegistered(
  walk: Walk,
  instance: object,
  type: RegisteredType,
  builtIn: string | undefined,
): void {
  const encoded = encodeInstance(type, instance, (reason, cause) =>
    walk.refusal(instance, `cannot be encoded: ${reason}`, "pass plain data instead", cause),
  );
  if (type.prototype !== undefined && builtIn === undefined) {
    writeClass(walk, instance, Object.getPrototypeOf(instance), true);
  }
  walk.sink.byte(Tag.registered);
  walk.sink.text(type.name);
  walk.part(ENCODED, encoded);
  // However short, it is remembered: encoding it again may cost more than it looks.
  walk.sink.force();
}
