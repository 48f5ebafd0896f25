/**
 * The code of a function as text that comments and layout do not change.
 *
 * The text is the function's syntax tree in one line: every node as `Type{field value, …}` with its
 * fields in alphabetical order, without positions and without the spelling of literals. Two
 * functions have equal texts exactly when their trees are equal. It is made for hashing, not for
 * reading. Where a source cannot be parsed the text is the source itself: then comments count too.
 *
 * @module
 */

import { CacheError, wrongType } from "../../errors.ts";
import {
  type AnyFunction,
  type AnyNode,
  isNode,
  type ParsedFunction,
  parseFunction,
  sourceText,
} from "./parse.ts";

const POSITIONS = new Set(["type", "start", "end"]);

// By the names as they come: a parser makes some 80 kinds of nodes.
const fieldNames = new Map<string, readonly string[]>();

/**
 * The canonical text of a function's or class's own source.
 *
 * Positions, comments, parentheses, optional semicolons, quotes and layout do not count; everything
 * else does.
 *
 * @throws CacheError `ERR_UNHASHABLE` for native code, bound functions included: it has no source.
 */
export function functionCode(fn: AnyFunction): string {
  if (isNativeCode(fn)) {
    const { message } = wrongType("the code of a function", "source text", fn);
    throw new CacheError(
      "ERR_UNHASHABLE",
      `${message}, which is native code or bound: wrap it in a function of your own`,
    );
  }
  return treeText(fn) ?? `source ${sourceText(fn)}`;
}

/**
 * Whether the source text of a function is withheld: a built-in, a function of an addon or of
 * WebAssembly, a bound function, a proxy, or code that was loaded from bytecode alone.
 */
export function isNativeCode(fn: AnyFunction): boolean {
  const text = sourceText(fn);
  // No JavaScript ends so: the brackets hold two words without a comma. Text without a body is what
  // bytecode compilers leave in place of the source, and it is alike for different functions.
  return text.endsWith("{ [native code] }") || !/\{|=>/.test(text);
}

function treeText(fn: AnyFunction): string | undefined {
  try {
    const parsed = parseFunction(fn);
    return parsed && canonicalText(parsed);
  } catch (error) {
    // A tree deeper than the stack: its source is as good a text, if a longer one.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The canonical text of a function that is parsed. Throws a RangeError where the stack ends. */
export function canonicalText({ tree }: ParsedFunction): string {
  return nodeText(tree);
}

function nodeText(node: AnyNode): string {
  if (node.type === "Literal") {
    // The value, not its spelling; a directive's spelling is in the statement around it.
    // The sign in front tells `return null` from `return`, and `[null]` from `[,]`.
    if (node.regex) return `=/${valueText(node.regex.pattern)}/${node.regex.flags}`;
    if (typeof node.bigint === "string") return `=${node.bigint}n`;
    return `=${valueText(node.value)}`;
  }
  let fields = "";
  for (const name of fieldsOf(node)) {
    const value: unknown = node[name as keyof AnyNode];
    if (value !== undefined) fields += `${fields && ","}${name} ${valueText(value)}`;
  }
  return `${node.type}{${fields}}`;
}

/** The names of a node's fields in alphabetical order. */
function fieldsOf(node: AnyNode): readonly string[] {
  const keys = Object.keys(node);
  const shape = keys.join();
  let fields = fieldNames.get(shape);
  if (fields === undefined) {
    fields = keys.filter((name) => !POSITIONS.has(name)).sort();
    fieldNames.set(shape, fields);
  }
  return fields;
}

function valueText(value: unknown): string {
  if (isNode(value)) return nodeText(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(",")}]`;
  // String() tells Infinity, which the source spells 1e999, from null; JSON does not.
  if (typeof value === "number") return String(value);
  // JSON.stringify escapes lone surrogates, so that encoding the text cannot merge them.
  return JSON.stringify(value);
}
