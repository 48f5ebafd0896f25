/**
 * Random parameter lists and arguments for them.
 *
 * @module
 */

import * as fc from "fast-check";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";

/** A parameter, or a part of a pattern. */
export interface Shape {
  readonly kind: "variable" | "object" | "array";
  readonly initial: string;
  readonly parts: readonly (readonly [key: string, shape: Shape])[];
  readonly hasRest: boolean;
}

/** A parameter list. */
export interface Signature {
  readonly parameters: readonly Shape[];
  readonly hasRest: boolean;
}

const LITERALS = ["1", "2", "'a'", "null", "-0", "!0", "void 0", "{}", "{ p: 1 }", "[1]"];
const WILD_INITIALS = [...LITERALS, "make()", "[make()]", "Math.E", "/x/"];
const WILD_KEYS = ["p", "q", "toString", "__proto__", "['p']", "[make()]", "0"];

const nothing = { parts: [], hasRest: false };
const optional = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(""),
    fc.constantFrom(...texts).map((text) => ` = ${text}`),
  );

const variable = (initials: readonly string[]): fc.Arbitrary<Shape> =>
  optional(initials).map((initial) => ({ kind: "variable", initial, ...nothing }));

/** Parameter lists of which every call that looks alike to the function has one key. */
export const tame: fc.Arbitrary<Signature> = signatures(
  fc.letrec<{ shape: Shape }>((tie) => ({
    shape: fc.oneof(
      { maxDepth: 2 },
      { weight: 2, arbitrary: variable(LITERALS) },
      fc.record({
        kind: fc.constant("object" as const),
        initial: fc.constant(" = {}"),
        parts: fc.uniqueArray(
          fc.oneof(
            fc.tuple(fc.constantFrom("p", "q"), tie("shape")),
            // Where it is missing, what a pattern takes apart is the method of all objects.
            fc.tuple(fc.constant("toString"), variable(LITERALS)),
          ),
          { selector: ([key]) => key },
        ),
        hasRest: fc.boolean(),
      }),
    ),
  })).shape,
);

/** Parameter lists of all kinds. */
export const wild: fc.Arbitrary<Signature> = signatures(
  fc.letrec<{ shape: Shape }>((tie) => ({
    shape: fc.oneof(
      { maxDepth: 2 },
      { weight: 2, arbitrary: variable(WILD_INITIALS) },
      fc.record({
        kind: fc.constantFrom("object" as const, "array" as const),
        initial: optional(WILD_INITIALS),
        parts: fc.array(fc.tuple(fc.constantFrom(...WILD_KEYS), tie("shape")), { maxLength: 3 }),
        hasRest: fc.boolean(),
      }),
    ),
  })).shape,
);

function signatures(shape: fc.Arbitrary<Shape>): fc.Arbitrary<Signature> {
  return fc.record({ parameters: fc.array(shape, { maxLength: 3 }), hasRest: fc.boolean() });
}

const plainValues = [undefined, undefined, null, 1, 2, "a", -0, true, {}, { p: 1 }, [1]];
const wildValues = [
  ...[...plainValues, { p: undefined }, { q: 2 }, { p: 1, q: { p: 1 } }, { toString: undefined }],
  ...[{ q: { p: undefined } }, JSON.parse('{ "__proto__": 1 }'), { p: [undefined, 2] }, [], [{}]],
  ...[[undefined], [1, undefined], [{ p: 1 }, 2], new Array(1), Object.create(null), new Map()],
  ...[
    Object.assign(Object.create(null), { p: 1 }),
    new (class Options {
      p = 1;
      q = undefined;
    })(),
  ],
  ...[
    {
      get p() {
        return undefined;
      },
    },
    "text",
    7,
    Object("p"),
  ],
];

/** Arguments that a tame parameter list takes apart without looking past any of them. */
export function tameArguments(signature: Signature): fc.Arbitrary<unknown[]> {
  return argumentsFor(signature, fc.constantFrom(...plainValues));
}

/** Arguments of all kinds. */
export function wildArguments(signature: Signature): fc.Arbitrary<unknown[]> {
  const anything = fc.constantFrom(...wildValues);
  return fc.oneof(argumentsFor(signature, anything), fc.array(anything, { maxLength: 5 }));
}

function argumentsFor(
  { parameters, hasRest }: Signature,
  values: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown[]> {
  const end = fc.nat({ max: parameters.length });
  const rest = fc.array(values, { maxLength: hasRest ? 2 : 0 });
  return fc
    .tuple(fc.tuple(...parameters.map((shape) => valueFor(shape, values))), end, rest)
    .map(([given, end, others]) =>
      others.length > 0 ? [...given, ...others] : given.slice(0, end),
    );
}

function valueFor(
  { kind, parts, hasRest }: Shape,
  values: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  if (kind === "variable") return values;
  if (kind === "array") return fc.tuple(...parts.map(([, part]) => valueFor(part, values)));
  const properties = parts.map(([key, part]) => {
    // Computed keys are those that the others have.
    const name = key.startsWith("[") ? "p" : key;
    return fc.option(fc.tuple(fc.constant(name), valueFor(part, values)), { nil: undefined });
  });
  const others = hasRest
    ? [fc.constantFrom(undefined, ["r", 1] as const, ["r", undefined] as const)]
    : [];
  const object = fc.tuple(...properties, ...others).map((entries) => {
    return Object.fromEntries(entries.filter((entry) => entry !== undefined));
  });
  return fc.oneof(fc.constant(undefined), object);
}

/** Two lists of arguments that have much in common. */
export function pairs(
  lists: fc.Arbitrary<unknown[]>,
): fc.Arbitrary<readonly [unknown[], unknown[]]> {
  const choices = fc.array(fc.constantFrom("one", "one", "other", "nothing"), {
    ...{ minLength: 5, maxLength: 5 },
  });
  return fc.tuple(lists, lists, choices).map(([one, other, choice]) => {
    const mixed = other.map((value, i) => {
      if (choice[i] === "nothing") return undefined;
      return choice[i] === "one" && i < one.length ? one[i] : value;
    });
    return [one, mixed];
  });
}

/** A function that returns what it sees, by the names of its variables. */
export interface Observer {
  readonly fn: AnyFunction;
  readonly names: readonly string[];
  /** What it sees without some of the variables; undefined where it throws. */
  readonly see: (args: readonly unknown[], without?: string) => unknown;
}

/** Makes a function of a parameter list; undefined where the language does not allow it. */
export function observer(signature: Signature, more = ""): Observer | undefined {
  const names: string[] = [];
  const newName = (): string => {
    names.push(`v${names.length}`);
    return names.at(-1) as string;
  };
  const text = [...signature.parameters.map((shape) => shapeText(shape, newName))];
  if (signature.hasRest) text.push(`...${newName()}`);
  const body = `return { ${[...names, more].join(", ")} }`;
  let fn: (...args: unknown[]) => Record<string, unknown>;
  try {
    fn = new Function("make", `return function f(${text.join(", ")}) { ${body} }`)(() => "p");
  } catch {
    return undefined;
  }
  const see: Observer["see"] = (args, without = "") => {
    try {
      const { [without]: _, ...seen } = fn(...args);
      return seen;
    } catch {
      return undefined;
    }
  };
  return { fn, names, see };
}

function shapeText({ kind, initial, parts, hasRest }: Shape, newName: () => string): string {
  if (kind === "variable") return newName() + initial;
  const isObject = kind === "object";
  const inner = parts.map(
    ([key, shape]) => (isObject ? `${key}: ` : "") + shapeText(shape, newName),
  );
  if (hasRest) inner.push(`...${newName()}`);
  return (isObject ? `{ ${inner.join(", ")} }` : `[${inner.join(", ")}]`) + initial;
}
