/**
 * Which members the source of a class puts under which names.
 *
 * @module
 */

import { writtenKey } from "./literal.ts";
import {
  type AnyFunction,
  type AnyNode,
  type ClassExpression,
  parseFunction,
  sourceText,
} from "./parse.ts";

/** The source texts of what stands under one name. */
export interface WrittenMember {
  readonly value?: string;
  readonly get?: string;
  readonly set?: string;
}

/** The methods and accessors in the source of a class. */
export interface WrittenMembers {
  /** By their names, those of the prototype or of the class itself. */
  readonly named: ReadonlyMap<string | symbol, WrittenMember>;
  /** The source texts of those whose names only running the code can tell. */
  readonly computed: readonly string[];
}

/** What the source of a class says of its members. */
export interface ClassSource {
  readonly prototype: WrittenMembers;
  readonly statics: WrittenMembers;
  /** The keys, as they are written, of fields of the instances whose names only running tells. */
  readonly computedFields: readonly string[];
}

const sources = new WeakMap<AnyFunction, { readonly source: ClassSource | undefined }>();

/** The members in the source of a class; undefined for other functions and what cannot be read. */
export function classSource(fn: AnyFunction): ClassSource | undefined {
  let known = sources.get(fn);
  if (known === undefined) {
    known = { source: /^class\b/.test(sourceText(fn)) ? readClass(fn) : undefined };
    sources.set(fn, known);
  }
  return known.source;
}

function readClass(fn: AnyFunction): ClassSource | undefined {
  const code = parseFunction(fn)?.code;
  if (code?.type !== "ClassExpression") return undefined;
  const text = sourceText(fn);
  const textOf = ({ start, end }: AnyNode): string =>
    text.slice(start - code.start, end - code.start);
  return {
    prototype: membersOf(code, false, textOf),
    statics: membersOf(code, true, textOf),
    computedFields: code.body.body.flatMap((member) => {
      const isField = member.type === "PropertyDefinition" && !member.static && member.computed;
      return isField && keyOf(member) === undefined ? `[${textOf(member.key)}]` : [];
    }),
  };
}

function membersOf(
  { body }: ClassExpression,
  isStatic: boolean,
  textOf: (node: AnyNode) => string,
): WrittenMembers {
  const named = new Map<string | symbol, WrittenMember>();
  const computed: string[] = [];
  for (const member of body.body) {
    if (member.type !== "MethodDefinition" || member.static !== isStatic) continue;
    if (member.kind === "constructor" || member.key.type === "PrivateIdentifier") continue;
    const text = isStatic ? withoutStatic(textOf(member)) : textOf(member);
    const key = keyOf(member);
    if (key === undefined) {
      computed.push(text);
    } else if (member.kind === "method") {
      named.set(key, { value: text });
    } else {
      const { get, set } = named.get(key) ?? {};
      named.set(key, { ...(get && { get }), ...(set && { set }), [member.kind]: text });
    }
  }
  return { named, computed };
}

/** What the engine leaves out of the text of a method. */
function withoutStatic(text: string): string {
  return text.replace(/^static(\s|\/\*[\s\S]*?\*\/|\/\/.*)*/, "");
}

/** A key that is the same whenever the class is made, such as `a`, `["a"]` and `[Symbol.iterator]`. */
function keyOf(member: {
  readonly key: AnyNode;
  readonly computed: boolean;
}): string | symbol | undefined {
  const { key, computed } = member;
  if (
    computed &&
    key.type === "MemberExpression" &&
    !key.computed &&
    key.object.type === "Identifier" &&
    key.object.name === "Symbol" &&
    key.property.type === "Identifier"
  ) {
    const symbol: unknown = Reflect.get(Symbol, key.property.name);
    return typeof symbol === "symbol" ? symbol : undefined;
  }
  return writtenKey(member, () => false);
}
