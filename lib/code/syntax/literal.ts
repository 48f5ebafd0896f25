/**
 * What an expression is worth when it is nothing but literals.
 *
 * @module
 */

import type { AnyNode } from "./parse.ts";

/** The value of a literal expression. */
export interface Literal {
  /** One object for all who ask: do not change it. */
  readonly value: unknown;
}

/** Whether a name means the global of that name where the expression stands. */
export type IsGlobal = (name: string) => boolean;

const GLOBALS = new Map<string, unknown>([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
]);

/**
 * The value of an expression that is the same at every evaluation and runs no code: numbers,
 * strings, booleans, `null`, bigints, `NaN` and `Infinity`, templates without expressions, arrays and
 * plain objects of these, and what minifiers put in their place: `void 0`, `!0`, `1/0`.
 *
 * Undefined for anything else, such as regular expressions, and the word `undefined`, which as a
 * default says nothing.
 */
export function literalValue(node: AnyNode, isGlobal: IsGlobal): Literal | undefined {
  switch (node.type) {
    case "Literal":
      return node.regex ? undefined : { value: node.value };
    case "TemplateLiteral": {
      const [text] = node.quasis;
      return node.expressions.length > 0 || !text ? undefined : { value: text.value.cooked };
    }
    case "Identifier":
      return GLOBALS.has(node.name) && isGlobal(node.name)
        ? { value: GLOBALS.get(node.name) }
        : undefined;
    case "UnaryExpression": {
      const operand = literalValue(node.argument, isGlobal);
      return operand && unaryValue(node.operator, operand.value);
    }
    case "BinaryExpression": {
      if (node.operator !== "/") return undefined;
      const left = literalValue(node.left, isGlobal)?.value;
      const right = literalValue(node.right, isGlobal)?.value;
      return typeof left === "number" && typeof right === "number"
        ? { value: left / right }
        : undefined;
    }
    case "ArrayExpression":
      return arrayValue(node.elements, isGlobal);
    case "ObjectExpression":
      return objectValue(node.properties, isGlobal);
    default:
      return undefined;
  }
}

/** The name of a property as it is written; undefined where only running the code can tell it. */
export function writtenKey(
  { key, computed }: { readonly key: AnyNode; readonly computed: boolean },
  isGlobal: IsGlobal,
): string | undefined {
  if (!computed && key.type === "Identifier") return key.name;
  const value = literalValue(key, isGlobal)?.value;
  const isName =
    typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  return isName ? String(value) : undefined;
}

function unaryValue(operator: string, operand: unknown): Literal | undefined {
  if (operator === "void") return { value: undefined };
  if (operator === "!" && (typeof operand === "number" || typeof operand === "boolean")) {
    return { value: !operand };
  }
  if (operator === "+" && typeof operand === "number") return { value: operand };
  if (operator === "-" && (typeof operand === "number" || typeof operand === "bigint")) {
    return { value: -operand };
  }
  return undefined;
}

function arrayValue(
  elements: readonly (AnyNode | null)[],
  isGlobal: IsGlobal,
): Literal | undefined {
  const value: unknown[] = [];
  for (const [i, element] of elements.entries()) {
    if (element === null) continue;
    const literal = literalValue(element, isGlobal);
    if (!literal) return undefined;
    value[i] = literal.value;
  }
  value.length = elements.length;
  return { value };
}

function objectValue(properties: readonly AnyNode[], isGlobal: IsGlobal): Literal | undefined {
  const object = {};
  for (const property of properties) {
    if (property.type !== "Property" || property.kind !== "init") return undefined;
    const key = writtenKey(property, isGlobal);
    const literal = literalValue(property.value, isGlobal);
    // Written so, it is no property but the prototype.
    const isPrototype = key === "__proto__" && !property.computed;
    if (key === undefined || isPrototype || !literal) return undefined;
    const { value } = literal;
    const rest = { writable: true, enumerable: true, configurable: true };
    Object.defineProperty(object, key, { value, ...rest });
  }
  return { value: object };
}
