/**
 * Primitive values in canonical bytes.
 *
 * @module
 */

import { Tag } from "./tag.ts";
import type { Walk } from "./walk.ts";

const WELL_KNOWN = [
  "asyncDispose",
  "asyncIterator",
  "dispose",
  "hasInstance",
  "isConcatSpreadable",
  "iterator",
  "match",
  "matchAll",
  "replace",
  "search",
  "species",
  "split",
  "toPrimitive",
  "toStringTag",
  "unscopables",
];

let wellKnown: Map<unknown, string> | undefined;

/** Writes a number, a boolean, a bigint, a string, a symbol, null or undefined. */
export function writePrimitive(walk: Walk, value: unknown): void {
  const { sink } = walk;
  if (typeof value === "number") {
    sink.number(value);
  } else if (typeof value === "string") {
    sink.byte(Tag.string);
    sink.text(value);
  } else if (typeof value === "boolean") {
    sink.byte(value ? Tag.true : Tag.false);
  } else if (typeof value === "bigint") {
    sink.byte(Tag.bigint);
    sink.text(value.toString(16));
  } else if (typeof value === "symbol") {
    writeSymbol(walk, value);
  } else {
    sink.byte(value === undefined ? Tag.undefined : Tag.null);
  }
}

function writeSymbol(walk: Walk, symbol: symbol): void {
  const name = symbolName(symbol);
  if (name === undefined) {
    throw walk.refusal(
      symbol,
      "is a symbol that only this process knows",
      "use Symbol.for() or a string instead",
    );
  }
  walk.sink.byte(name.registered ? Tag.registeredSymbol : Tag.wellKnownSymbol);
  walk.sink.text(name.name);
}

/** What a symbol is called in every process; undefined if it is neither registered nor well-known. */
export function symbolName(symbol: symbol): { registered: boolean; name: string } | undefined {
  const key = Symbol.keyFor(symbol);
  if (key !== undefined) return { registered: true, name: key };
  wellKnown ??= new Map(WELL_KNOWN.map((name) => [Reflect.get(Symbol, name), name]));
  const name = wellKnown.get(symbol);
  return name === undefined ? undefined : { registered: false, name };
}
