/**
 * The parameters of a function as a value that JSON keeps, and back.
 *
 * @module
 */

import { decodeLiteral, encodeLiteral, isCount, isFields, isText, texts } from "./encoded.ts";
import type { Literal } from "./literal.ts";
import type { Destructuring, Parameter, Target, WrittenParameters } from "./parameters.ts";

/** What {@link decodeParameters} reads; `null` stands for itself. Undefined where there is no form. */
export function encodeParameters(written: WrittenParameters | null): unknown {
  if (written === null) return null;
  const { list, globals } = written;
  const parameters = list.parameters.map(encodeParameter);
  const rest = list.rest && encodeTarget(list.rest);
  if (parameters.includes(undefined)) return undefined;
  const { seesArguments, isArrow } = list;
  return { parameters, rest: rest ?? null, seesArguments, isArrow, globals };
}

/** The parameters; undefined for a value that was not encoded from some. */
export function decodeParameters(encoded: unknown): WrittenParameters | null | undefined {
  if (encoded === null) return null;
  if (!isFields(encoded) || !Array.isArray(encoded["parameters"])) return undefined;
  const { seesArguments, isArrow } = encoded;
  const globals = texts(encoded["globals"]);
  const parameters = encoded["parameters"].map(decodeParameter);
  const rest = encoded["rest"] === null ? undefined : decodeTarget(encoded["rest"]);
  if (rest === undefined && encoded["rest"] !== null) return undefined;
  if (!globals || typeof seesArguments !== "boolean" || typeof isArrow !== "boolean") {
    return undefined;
  }
  if (!isWhole(parameters)) return undefined;
  return { list: { parameters, rest, seesArguments, isArrow }, globals };
}

function encodeParameter({ target, initial }: Parameter): unknown {
  const place = encodeTarget(target);
  const value = initial && encodeLiteral(initial.value);
  if (place === undefined || (initial && value === undefined)) return undefined;
  return initial ? [place, value] : [place];
}

function decodeParameter(encoded: unknown): Parameter | undefined {
  if (!Array.isArray(encoded) || encoded.length === 0 || encoded.length > 2) return undefined;
  const target = decodeTarget(encoded[0]);
  const initial: Literal | undefined = encoded.length === 2 ? decodeLiteral(encoded[1]) : undefined;
  if (!target || (encoded.length === 2 && !initial)) return undefined;
  return { target, initial };
}

function encodeTarget(target: Target): unknown {
  if (target.kind === "variable") return target.name;
  if (target.kind === "opaque") return { opaque: target.names };
  const parts = [...target.parts].map(([name, part]) => [name, encodeParameter(part)]);
  if (parts.some(([, part]) => part === undefined)) return undefined;
  const { kind, length, rest = null } = target;
  return { kind, parts, length, rest };
}

function decodeTarget(encoded: unknown): Target | undefined {
  if (isText(encoded)) return { kind: "variable", name: encoded };
  if (!isFields(encoded)) return undefined;
  if (!("opaque" in encoded)) return decodeDestructuring(encoded);
  const names = texts(encoded["opaque"]);
  return names && { kind: "opaque", names };
}

function decodeDestructuring({
  kind,
  parts: pairs,
  length,
  rest,
}: Readonly<Record<string, unknown>>): Destructuring | undefined {
  if ((kind !== "object" && kind !== "array") || !isCount(length)) return undefined;
  if ((rest !== null && !isText(rest)) || !Array.isArray(pairs)) return undefined;
  const parts = new Map<string, Parameter>();
  for (const pair of pairs) {
    const [name, encoded]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    const part = decodeParameter(encoded);
    if (!isText(name) || part === undefined) return undefined;
    parts.set(name, part);
  }
  return { kind, parts, length, rest: rest ?? undefined };
}

function isWhole<T>(items: readonly (T | undefined)[]): items is readonly T[] {
  return !items.includes(undefined);
}
