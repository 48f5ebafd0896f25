/**
 * The parameters of a function, as its source declares them.
 *
 * ```text
 * function solve(x, { tol = 1e-6, solver: { max = 10 } = {}, ...others } = {}, ...rest)
 *                │    │   └ initial                                          └ rest: variable
 *                │    └ object: parts "tol", "solver"; rest "others"; initial {}
 *                └ variable
 * ```
 *
 * Defaults that are not literals are as good as none: only running the code can tell them.
 *
 * @module
 */

import { answer, type Question } from "./analysis.ts";
import { patternNames } from "./binding.ts";
import { capturedNames } from "./captured-names.ts";
import { type IsGlobal, type Literal, literalValue, writtenKey } from "./literal.ts";
import { seesArguments } from "./own-arguments.ts";
import { decodeParameters, encodeParameters } from "./parameter-record.ts";
import { type AnyFunction, type ParsedFunction, type Pattern, parseFunction } from "./parse.ts";

/** The parameters of one function. */
export interface ParameterList {
  /** One for each position. */
  readonly parameters: readonly Parameter[];
  /** What takes the arguments beyond them. */
  readonly rest: Target | undefined;
  /** Whether the function may also see its arguments without them, and how many there were. */
  readonly seesArguments: boolean;
  /** Whether it is an arrow, which has no receiver of its own. */
  readonly isArrow: boolean;
}

/** A parameter, or a part of one that is taken apart. */
export interface Parameter {
  /** Where the value goes. */
  readonly target: Target;
  /** What stands in for `undefined`, where that is a literal. */
  readonly initial: Literal | undefined;
}

/** Where a value goes: to a variable, or to those of a pattern. */
export type Target = Variable | Destructuring | Opaque;

/** A variable. */
export interface Variable {
  readonly kind: "variable";
  readonly name: string;
}

/** A pattern that takes an object or an array apart. */
export interface Destructuring {
  readonly kind: "object" | "array";
  /** By the name of the property, or the index of the element. */
  readonly parts: ReadonlyMap<string, Parameter>;
  /** How many elements stand in front of the rest; 0 for objects. */
  readonly length: number;
  /** The variable that takes all other properties or elements. */
  readonly rest: string | undefined;
}

/**
 * A pattern of which it is not known, or not unique, what goes where: with a property whose name is
 * computed, or that is taken twice; a pattern that takes apart what a rest gathered.
 */
export interface Opaque {
  readonly kind: "opaque";
  readonly names: readonly string[];
}

/** The parameters as the text alone tells them. */
export interface WrittenParameters {
  readonly list: ParameterList;
  /** The names, such as `Infinity`, that were taken for globals in it. */
  readonly globals: readonly string[];
}

const PARAMETERS: Question<WrittenParameters | null> = {
  name: "parameters",
  ask(parsed) {
    const globals = new Set<string>();
    const list = listOf(parsed, (name) => globals.add(name) !== undefined);
    return list ? { list, globals: [...globals] } : null;
  },
  encode: encodeParameters,
  decode: decodeParameters,
};

/**
 * The parameters of a function; undefined where its source cannot be read, and for classes.
 *
 * A default such as `Infinity` costs a question to the inspector, whether the name means the global
 * one.
 */
export function parametersOf(fn: AnyFunction): ParameterList | undefined {
  const written = answer(PARAMETERS, fn);
  if (!written) return undefined;
  const { list, globals } = written;
  if (!globals.some((name) => mayBeCaptured(fn, name))) return list;
  const parsed = parseFunction(fn);
  return parsed && listOf(parsed, (name) => !mayBeCaptured(fn, name));
}

/** @param isAround whether a name that is no parameter's means the global of that name. */
function listOf(parsed: ParsedFunction, isAround: IsGlobal): ParameterList | undefined {
  const { code } = parsed;
  if (code.type === "ClassExpression") return undefined;
  const { params, type, id } = code;
  const names = new Set([...params.flatMap(patternNames), ...(id ? [id.name] : [])]);
  const isGlobal: IsGlobal = (name) => !names.has(name) && isAround(name);

  const last = params.at(-1);
  const rest = last?.type === "RestElement" ? last.argument : undefined;
  return {
    parameters: params
      .slice(0, rest ? -1 : undefined)
      .map((pattern) => parameterOf(pattern, isGlobal)),
    rest: rest && (rest.type === "Identifier" ? variable(rest.name) : opaque(rest)),
    seesArguments: seesArguments(parsed),
    isArrow: type === "ArrowFunctionExpression",
  };
}

function parameterOf(pattern: Pattern, isGlobal: IsGlobal): Parameter {
  const [target, initial] =
    pattern.type === "AssignmentPattern"
      ? [pattern.left, literalValue(pattern.right, isGlobal)]
      : [pattern, undefined];
  return { target: targetOf(target, isGlobal), initial };
}

function targetOf(pattern: Pattern, isGlobal: IsGlobal): Target {
  if (pattern.type === "Identifier") return variable(pattern.name);
  if (pattern.type === "ObjectPattern") return objectTarget(pattern, isGlobal) ?? opaque(pattern);
  if (pattern.type === "ArrayPattern") return arrayTarget(pattern, isGlobal) ?? opaque(pattern);
  return opaque(pattern);
}

function objectTarget(
  { properties }: Pattern & { type: "ObjectPattern" },
  isGlobal: IsGlobal,
): Destructuring | undefined {
  const parts = new Map<string, Parameter>();
  let rest: string | undefined;
  for (const property of properties) {
    if (property.type === "RestElement") {
      [rest] = patternNames(property);
      continue;
    }
    const key = writtenKey(property, isGlobal);
    if (key === undefined || parts.has(key)) return undefined;
    parts.set(key, parameterOf(property.value, isGlobal));
  }
  return { kind: "object", parts, length: 0, rest };
}

function arrayTarget(
  { elements }: Pattern & { type: "ArrayPattern" },
  isGlobal: IsGlobal,
): Destructuring | undefined {
  const parts = new Map<string, Parameter>();
  for (const [i, element] of elements.entries()) {
    if (element === null) continue;
    if (element.type !== "RestElement") {
      parts.set(String(i), parameterOf(element, isGlobal));
      continue;
    }
    const { argument } = element;
    if (argument.type !== "Identifier") return undefined;
    return { kind: "array", parts, length: i, rest: argument.name };
  }
  return { kind: "array", parts, length: elements.length, rest: undefined };
}

const variable = (name: string): Variable => ({ kind: "variable", name });
const opaque = (pattern: Pattern): Opaque => ({ kind: "opaque", names: patternNames(pattern) });

/** Whether something around a function has this name, or may have it. */
function mayBeCaptured(fn: AnyFunction, name: string): boolean {
  return capturedNames(fn, [name])?.length !== 0;
}
