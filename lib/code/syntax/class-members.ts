/**
 * Which members the source of a class puts under which names.
 *
 * @module
 */

import { answer, type Question } from "./analysis.ts";
import { isCount, isFields, isText } from "./encoded.ts";
import { writtenKey } from "./literal.ts";
import { Memo } from "./memo.ts";
import { type AnyFunction, type AnyNode, type ClassExpression, sourceText } from "./parse.ts";

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

/** The name of a symbol of the language: which one it is depends on the version of Node. */
interface SymbolName {
  readonly symbol: string;
}

/** A key as it is written; null for one that only running the code can tell. */
type Key = string | SymbolName | null;

/** A method or accessor of a class, and where its text is in that of the class. */
type MethodPlace = readonly [
  isStatic: boolean,
  kind: "method" | "get" | "set",
  key: Key,
  start: number,
  end: number,
];

/** A field with a computed key, and where that is. */
type FieldPlace = readonly [key: Key, start: number, end: number];

/** Where the members of a class are in its text. */
interface Places {
  readonly methods: readonly MethodPlace[];
  readonly fields: readonly FieldPlace[];
}

const PLACES: Question<Places> = {
  name: "class",
  ask: ({ code }) =>
    code.type === "ClassExpression" ? placesIn(code) : { methods: [], fields: [] },
  encode: (places) => places,
  decode: (encoded, { length }) => (arePlaces(encoded, length) ? encoded : undefined),
};

const sources = new Memo<AnyFunction, { readonly source: ClassSource | undefined }>();

/** The members in the source of a class; undefined for other functions and what cannot be read. */
export function classSource(fn: AnyFunction): ClassSource | undefined {
  const known = sources.get(fn) ?? sources.add(fn, () => ({ source: readSource(fn) }));
  return known.source;
}

function readSource(fn: AnyFunction): ClassSource | undefined {
  const text = sourceText(fn);
  const places = /^class\b/.test(text) ? answer(PLACES, fn) : undefined;
  return places && sourceAt(places, text);
}

function placesIn({ body, start }: ClassExpression): Places {
  const methods: MethodPlace[] = [];
  const fields: FieldPlace[] = [];
  for (const member of body.body) {
    if (member.type === "PropertyDefinition" && !member.static && member.computed) {
      const { key } = member;
      fields.push([keyOf(member), key.start - start, key.end - start]);
    }
    if (member.type !== "MethodDefinition" || member.kind === "constructor") continue;
    if (member.key.type === "PrivateIdentifier") continue;
    const place = [member.start - start, member.end - start] as const;
    methods.push([member.static, member.kind, keyOf(member), ...place]);
  }
  return { methods, fields };
}

function sourceAt({ methods, fields }: Places, text: string): ClassSource {
  return {
    prototype: membersAt(methods, false, text),
    statics: membersAt(methods, true, text),
    computedFields: fields.flatMap(([key, start, end]) =>
      nameOf(key) === undefined ? `[${text.slice(start, end)}]` : [],
    ),
  };
}

function membersAt(
  methods: readonly MethodPlace[],
  isStatic: boolean,
  text: string,
): WrittenMembers {
  const named = new Map<string | symbol, WrittenMember>();
  const computed: string[] = [];
  for (const [isOfClass, kind, written, start, end] of methods) {
    if (isOfClass !== isStatic) continue;
    const member = isStatic ? withoutStatic(text.slice(start, end)) : text.slice(start, end);
    const key = nameOf(written);
    if (key === undefined) {
      computed.push(member);
    } else if (kind === "method") {
      named.set(key, { value: member });
    } else {
      const { get, set } = named.get(key) ?? {};
      named.set(key, { ...(get && { get }), ...(set && { set }), [kind]: member });
    }
  }
  return { named, computed };
}

/** What the engine leaves out of the text of a method. */
function withoutStatic(text: string): string {
  return text.replace(/^static(\s|\/\*[\s\S]*?\*\/|\/\/.*)*/, "");
}

/** A key that is the same whenever the class is made, such as `a`, `["a"]` and `[Symbol.iterator]`. */
function keyOf(member: { readonly key: AnyNode; readonly computed: boolean }): Key {
  const { key, computed } = member;
  if (
    computed &&
    key.type === "MemberExpression" &&
    !key.computed &&
    key.object.type === "Identifier" &&
    key.object.name === "Symbol" &&
    key.property.type === "Identifier"
  ) {
    return { symbol: key.property.name };
  }
  return writtenKey(member, () => false) ?? null;
}

function nameOf(key: Key): string | symbol | undefined {
  if (key === null || typeof key === "string") return key ?? undefined;
  const symbol: unknown = Reflect.get(Symbol, key.symbol);
  return typeof symbol === "symbol" ? symbol : undefined;
}

function arePlaces(value: unknown, length: number): value is Places {
  if (!isFields(value)) return false;
  const { methods, fields } = value;
  const isKey = (key: unknown): boolean =>
    key === null || isText(key) || (isFields(key) && isText(key["symbol"]));
  const isStretch = (start: unknown, end: unknown): boolean =>
    isCount(start) && isCount(end) && start <= end && end <= length;
  return (
    Array.isArray(methods) &&
    methods.every((place: unknown) => {
      if (!Array.isArray(place) || place.length !== 5) return false;
      const [isStatic, kind, key, start, end]: readonly unknown[] = place;
      const isKind = kind === "method" || kind === "get" || kind === "set";
      return typeof isStatic === "boolean" && isKind && isKey(key) && isStretch(start, end);
    }) &&
    Array.isArray(fields) &&
    fields.every((place: unknown) => {
      if (!Array.isArray(place) || place.length !== 3) return false;
      const [key, start, end]: readonly unknown[] = place;
      return isKey(key) && isStretch(start, end);
    })
  );
}
