/**
 * Which properties of a variable a function reads, where that can be told.
 *
 * @module
 */

import { answer, type Question } from "./analysis.ts";
import { texts } from "./encoded.ts";
import { memberName } from "./idiom.ts";
import { writtenKey } from "./literal.ts";
import { seesArguments } from "./own-arguments.ts";
import {
  type AnyFunction,
  type AnyNode,
  childNodes,
  type ParsedFunction,
  parseFunction,
} from "./parse.ts";

/**
 * The names of the properties that a function takes from a variable of its own, and of those that the
 * variable has by default: `x.name`, `const { name } = x`, `x = { name: 1 }`. Undefined where it does
 * anything else with the variable, so that it may read any property.
 */
export function propertiesRead(fn: AnyFunction, variable: string): ReadonlySet<string> | undefined {
  const question: Question<ReadonlySet<string> | null> = {
    name: `properties of ${variable}`,
    ask: (parsed) => propertiesIn(parsed, variable) ?? null,
    encode: (names) => names && [...names],
    decode(encoded) {
      const names = texts(encoded);
      return encoded === null ? null : names && new Set(names);
    },
  };
  return answer(question, fn) ?? undefined;
}

/**
 * Whether a function seems to read a property of a variable, whatever else it does with the variable.
 * For messages: a variable of an inner function that has the same name counts, too.
 */
export function readsProperty(fn: AnyFunction, variable: string, property: string): boolean {
  const parsed = parseFunction(fn);
  return parsed !== undefined && readsOf(parsed, variable).names.has(property);
}

function propertiesIn(parsed: ParsedFunction, variable: string): Set<string> | undefined {
  if (seesArguments(parsed)) return undefined;
  const { names, isAll } = readsOf(parsed, variable);
  return isAll ? names : undefined;
}

/** The names of properties that are read of a variable, and whether nothing else is done with it. */
function readsOf(
  { code }: ParsedFunction,
  variable: string,
): { readonly names: Set<string>; readonly isAll: boolean } {
  const names = new Set<string>();
  let isAll = true;
  const params = new Set(code.type === "ClassExpression" ? [] : code.params.flatMap(bound));
  const isVariable = (node: AnyNode): boolean =>
    node.type === "Identifier" && node.name === variable;
  const pending: AnyNode[] = childNodes(code);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (isVariable(node)) {
      if (!params.has(node)) isAll = false;
    } else if (node.type === "MemberExpression") {
      const name = memberName(node);
      const isOf = isVariable(node.object);
      if (!isOf) pending.push(node.object);
      else if (name === undefined) isAll = false;
      else names.add(name);
      if (node.computed) pending.push(node.property);
    } else if (node.type === "VariableDeclarator" && node.init && isVariable(node.init)) {
      if (!addKeys(names, node.id)) isAll = false;
      pending.push(node.id);
    } else if (node.type === "AssignmentPattern" && isVariable(node.left)) {
      addKeys(names, node.right);
      pending.push(node.right);
    } else if (node.type === "Property" && !node.computed) {
      pending.push(node.value);
    } else {
      pending.push(...childNodes(node));
    }
  }
  return { names, isAll };
}

/** The nodes of a pattern that declare variables. */
function bound(pattern: AnyNode): AnyNode[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "AssignmentPattern":
      return bound(pattern.left);
    case "RestElement":
      return bound(pattern.argument);
    case "Property":
      return bound(pattern.value);
    case "ObjectPattern":
      return pattern.properties.flatMap(bound);
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? bound(element) : []));
    default:
      return [];
  }
}

/** Adds the names in a pattern or an object; false where they cannot all be told. */
function addKeys(names: Set<string>, node: AnyNode): boolean {
  if (node.type !== "ObjectPattern" && node.type !== "ObjectExpression") return false;
  for (const property of node.properties) {
    const key = property.type === "Property" ? writtenKey(property, () => true) : undefined;
    if (key === undefined) return false;
    names.add(key);
  }
  return true;
}
