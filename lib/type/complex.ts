/**
 * The complex scalars of stdlib, registered from the start.
 *
 * stdlib is neither imported nor needed: its `Complex128` and `Complex64` are told by their looks,
 * so that any number of installed copies are one type. They are made again with the copy that the
 * user's program would import.
 *
 * @module
 */

import { types } from "node:util";
import { importPeer } from "./peer.ts";
import type { RegisteredType } from "./registry.ts";
import { Undecodable } from "./undecodable.ts";

type ComplexClass = new (re: number, im: number) => object;

interface ComplexType extends RegisteredType {
  readonly className: string;
  /** Bytes of one of the two components. */
  readonly itemSize: number;
}

const complexTypes: readonly ComplexType[] = [
  complex("Complex128", 8, "float64"),
  complex("Complex64", 4, "float32"),
];

/** For a program that cannot import the package itself, but has met instances of it. */
const met = new Map<string, ComplexClass>();
/** All of them, also where several copies are in use. */
const everMet = new WeakSet<object>();
const imported = new Map<string, ComplexClass>();

/** The type of the instances of a prototype, if it is that of a complex scalar. Runs no code of it. */
export function complexType(prototype: object): RegisteredType | undefined {
  if (types.isProxy(prototype)) return undefined;
  const maker = dataOf(prototype, "constructor");
  if (typeof maker !== "function" || types.isProxy(maker)) return undefined;
  const type = complexTypes.find(({ className }) => className === dataOf(maker, "name"));
  if (type === undefined || dataOf(maker, "prototype") !== prototype) return undefined;
  const isComplex =
    dataOf(prototype, "BYTES_PER_ELEMENT") === type.itemSize &&
    dataOf(prototype, "byteLength") === 2 * type.itemSize &&
    typeof dataOf(prototype, "toJSON") === "function" &&
    isRoot(Object.getPrototypeOf(prototype));
  if (!isComplex) return undefined;
  met.set(type.className, maker as ComplexClass);
  everMet.add(maker);
  return type;
}

/** The complex type of a name. */
export function complexTypeNamed(name: string): RegisteredType | undefined {
  return complexTypes.find((type) => type.name === name);
}

function complex(className: string, itemSize: number, component: string): ComplexType {
  const name = `@stdlib/${className.toLowerCase()}`;
  const modules = [`@stdlib/complex/${component}/ctor`, `@stdlib/complex-${component}-ctor`];
  return {
    ...{ name, className, itemSize },
    accepts: isPair,
    encode: ({ re, im }: { readonly re: number; readonly im: number }) => [re, im],
    decode: ([re, im]: readonly [number, number]) => {
      const Class = imported.get(className) ?? importClass(className, modules);
      return new Class(re, im);
    },
  };
}

/** Whether an object has two numbers and nothing else that could be lost. */
function isPair(value: object): boolean {
  return (
    Reflect.ownKeys(value).length === 2 &&
    typeof dataOf(value, "re") === "number" &&
    typeof dataOf(value, "im") === "number"
  );
}

function importClass(className: string, modules: readonly string[]): ComplexClass {
  const isClass = (found: unknown): found is ComplexClass =>
    typeof found === "function" && found.name === className;
  const isMet = (found: unknown): found is ComplexClass => isClass(found) && everMet.has(found);
  // Several packages have the class: the one that the program uses is the one to come back.
  const used = importPeer(modules, isMet);
  const peer = "exported" in used ? used : importPeer(modules, isClass);
  const Class = "exported" in peer ? peer.exported : met.get(className);
  if (Class === undefined) {
    throw new Undecodable(
      `a ${className} of stdlib cannot be made again, as no stdlib is installed where this program ` +
        "could import it: npm install @stdlib/complex",
      true,
      "cause" in peer ? peer : {},
    );
  }
  if ("exported" in peer) imported.set(className, Class);
  return Class;
}

function isRoot(prototype: object | null): boolean {
  return (
    prototype !== null && !types.isProxy(prototype) && Object.getPrototypeOf(prototype) === null
  );
}

function dataOf(object: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}
