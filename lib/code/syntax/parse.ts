/**
 * The source text of a function as a syntax tree.
 *
 * `Function.prototype.toString` gives a fragment: an arrow, a declaration, a class, but also a bare
 * `get x() {…}` or `#step() {…}`, which is no program by itself. Each fragment is tried as an
 * expression, as the member of an object, and as the member of a class.
 *
 * Script rules come first, module rules second, for `import.meta`: a module has no other syntax
 * that a script reads differently. (The grammar has one, `<!--`, which Node refuses in modules.)
 *
 * The language version is fixed, so that a newer acorn reads an old function as it did before.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type {
  AnyNode,
  ArrowFunctionExpression,
  ClassExpression,
  Expression,
  FunctionExpression,
  MethodDefinition,
  Options,
  PrivateIdentifier,
  Property,
} from "acorn";
import { wrongType } from "../../errors.ts";

export type {
  AnyNode,
  CallExpression,
  Class,
  ClassExpression,
  Expression,
  Function as FunctionNode,
  FunctionExpression,
  ImportExpression,
  MemberExpression,
  Pattern,
} from "acorn";

/** A function of any kind, or a class. */
// biome-ignore lint/complexity/noBannedTypes: whatever has source text; it is read, never called
export type AnyFunction = Function;

/** A function or class in its syntax tree. */
export interface ParsedFunction {
  /** The whole text: `code`, or the object or class member whose value `code` is. */
  readonly tree: FunctionExpression | ArrowFunctionExpression | ClassExpression | Member;
  /** The function or class itself. */
  readonly code: FunctionExpression | ArrowFunctionExpression | ClassExpression;
  /** The name in brackets of a member such as `[Symbol.iterator]() {…}`. */
  readonly computedKey: Expression | PrivateIdentifier | undefined;
}

type Member = Property | MethodDefinition;

// A function is asked for its text, its scope and its private names in one go; beyond that a tree
// is not worth its memory.
const MAX_TREES = 64;
const trees = new Map<string, ParsedFunction | undefined>();

/** The text of a function as its author, or the compiler, wrote it. Runs no code of the function. */
export function sourceText(fn: AnyFunction): string {
  if (typeof fn !== "function") throw wrongType("fn", "a function", fn);
  return Function.prototype.toString.call(fn);
}

/**
 * The syntax tree of a function, or undefined when its text cannot be read (syntax newer than the
 * parser, native code, nesting deeper than the stack): fall back on {@link sourceText}.
 *
 * The trees of the last few texts are kept and shared: do not change them.
 */
export function parseFunction(fn: AnyFunction): ParsedFunction | undefined {
  const text = sourceText(fn);
  if (trees.has(text)) return trees.get(text);
  let tree: ParsedFunction | undefined;
  try {
    tree = parseText(text);
  } catch (error) {
    // The stack may have more room at another time.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const [oldest] = trees.keys();
  if (oldest !== undefined && trees.size >= MAX_TREES) trees.delete(oldest);
  trees.set(text, tree);
  return tree;
}

/** The nodes directly beneath a node, in the order of the source. */
export function childNodes(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  for (const key in node) {
    const value: unknown = node[key as keyof AnyNode];
    if (Array.isArray(value)) {
      for (const child of value) if (isNode(child)) found.push(child);
    } else if (isNode(value)) {
      found.push(value);
    }
  }
  return found;
}

/** Whether a value in a syntax tree is a node of it. */
export function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function parseText(text: string): ParsedFunction | undefined {
  for (const sourceType of ["script", "module"] as const) {
    const parsed =
      asExpression(tryParse(`${text}\n`, sourceType)) ??
      asMember(tryParse(`{${text}\n}`, sourceType)) ??
      asMember(tryParse(`class extends Object {${text}\n}`, sourceType));
    if (parsed) return parsed;
  }
  return undefined;
}

/** Parses an expression inside a function, where an arrow may say `new.target`. */
function tryParse(text: string, sourceType: "script" | "module"): AnyNode | undefined {
  const options: Options = {
    ecmaVersion: 2026,
    sourceType,
    // What `super` and `#x` refer to is outside the text.
    allowSuperOutsideMethod: true,
    checkPrivateFields: false,
  };
  const { parse } = acorn();
  try {
    const { body } = parse(`(function(){(${text})})`, options);
    const [statement] = body;
    if (body.length !== 1 || statement?.type !== "ExpressionStatement") return undefined;
    if (statement.expression.type !== "FunctionExpression") return undefined;
    const [inner] = statement.expression.body.body;
    return inner?.type === "ExpressionStatement" ? inner.expression : undefined;
  } catch (error) {
    // By name: inside a vm context, acorn may come from outside and throw errors of another realm.
    if ((error as { name?: unknown }).name === "SyntaxError") return undefined;
    throw error;
  }
}

function asExpression(node: AnyNode | undefined): ParsedFunction | undefined {
  switch (node?.type) {
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassExpression":
      return { tree: node, code: node, computedKey: undefined };
    default:
      return undefined;
  }
}

function asMember(node: AnyNode | undefined): ParsedFunction | undefined {
  const members =
    node?.type === "ObjectExpression"
      ? node.properties
      : node?.type === "ClassExpression"
        ? node.body.body
        : [];
  const [tree] = members;
  if (members.length !== 1 || (tree?.type !== "Property" && tree?.type !== "MethodDefinition")) {
    return undefined;
  }
  if (tree.value.type !== "FunctionExpression") return undefined;
  return { tree, code: tree.value, computedKey: tree.computed ? tree.key : undefined };
}

let loaded: typeof import("acorn") | undefined;

function acorn(): typeof import("acorn") {
  loaded ??= createRequire(import.meta.url)("acorn") as typeof import("acorn");
  return loaded;
}

let version: { readonly text: string | undefined } | undefined;

/** The version of the parser, which is not loaded for this; undefined where nothing tells it. */
export function parserVersion(): string | undefined {
  version ??= { text: readVersion() };
  return version.text;
}

function readVersion(): string | undefined {
  // Where packages are in no folders, these would be somebody else's.
  if ("pnp" in process.versions) return undefined;
  const folders = createRequire(import.meta.url).resolve.paths("acorn") ?? [];
  // To have Node find the file takes ten times as long as to look for it.
  for (const folder of folders) {
    const file = join(folder, "acorn", "package.json");
    // An error costs ten times as much as the question.
    if (!existsSync(file)) continue;
    try {
      const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version?: unknown };
      return typeof version === "string" ? version : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
