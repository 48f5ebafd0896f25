/**
 * The classes above a registered instance, remembered where they are those of installed packages.
 *
 * What such an instance holds is told by `encode`, and what its package does, by the package's
 * version; following all of it at each call would take a second for a large one. What is on the
 * classes is looked at each time: a method that the program put in the place of another counts.
 *
 * @module
 */

import { Inspection } from "../../code/inspector/captured.ts";
import { Memo } from "../../code/syntax/memo.ts";
import type { AnyFunction } from "../../code/syntax/parse.ts";
import { constructorOf } from "../base.ts";
import type { Lineage } from "../walk.ts";
import { borderOf } from "./border.ts";

interface Known {
  readonly members: readonly unknown[];
  readonly lineage: Lineage;
}

const known = new Memo<object, Known>();
const packaged = new WeakMap<AnyFunction, boolean>();

/** What `find` once found for a prototype, as long as the same things are on all its classes. */
export function packagedLineage(prototype: object, find: () => Lineage): Lineage {
  const before = known.get(prototype);
  const members = membersAbove(prototype);
  if (members === undefined) return find();
  const isSame = (value: unknown, i: number): boolean => Object.is(value, before?.members[i]);
  if (before?.members.length === members.length && members.every(isSame)) return before.lineage;
  return known.add(prototype, () => ({ members, lineage: find() })).lineage;
}

/**
 * The names and values of all that is on the classes above; undefined where one is no package's, or
 * where an object is on it, which may change inside.
 */
function membersAbove(prototype: object): readonly unknown[] | undefined {
  const members: unknown[] = [];
  let link: object | null = prototype;
  for (; link !== null && link !== Object.prototype; link = Object.getPrototypeOf(link)) {
    const maker = constructorOf(link);
    if (maker === undefined || !isPackaged(maker)) return undefined;
    for (const owner of [link, maker]) {
      members.push(owner);
      for (const key of Reflect.ownKeys(owner)) {
        if (owner === maker && key === "prototype") continue;
        const { value, get, set } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
        if (typeof value === "object" && value !== null) return undefined;
        members.push(key, value, get, set);
      }
    }
  }
  return members;
}

/** Whether a class is what a module of a package defines. */
function isPackaged(maker: AnyFunction): boolean {
  const before = packaged.get(maker);
  if (before !== undefined) return before;
  const inspection = new Inspection();
  try {
    const around = inspection.surroundings(maker);
    const border = around && borderOf(inspection, maker, around);
    // A block is what binds the name of a class inside it.
    const isOfModule = border?.scopes.every(({ description }) => description === "Block") ?? false;
    packaged.set(maker, isOfModule);
    return isOfModule;
  } finally {
    inspection.close();
  }
}
