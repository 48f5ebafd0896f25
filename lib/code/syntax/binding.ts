/**
 * The names that a piece of syntax declares.
 *
 * @module
 */

import { type AnyNode, type Class, childNodes, type Pattern } from "./parse.ts";

/** The names bound by a parameter, a destructuring or the head of a catch clause. */
export function patternNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === "Property" ? property.value : property.argument),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []));
    case "AssignmentPattern":
      return patternNames(pattern.left);
    case "RestElement":
      return patternNames(pattern.argument);
    case "MemberExpression":
      return [];
  }
}

/** The names that `var` declares for the whole function around a node, from blocks within too. */
export function varNames(node: AnyNode): string[] {
  const names: string[] = [];
  const pending = [node];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (isFunctionOrClass(next)) continue;
    if (next.type === "VariableDeclaration" && next.kind === "var") names.push(...declared(next));
    pending.push(...childNodes(next));
  }
  return names;
}

/**
 * The names that the statements of one block declare for that block: `let`, `const`, `using`,
 * classes, functions.
 *
 * Functions in blocks belong to the block, as in a module. Sloppy scripts let them leak into the
 * function around; there, a use outside the block counts as a free variable, which is one too many
 * but never one too few.
 */
export function blockNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((statement): string[] => {
    switch (statement.type) {
      case "VariableDeclaration":
        return statement.kind === "var" ? [] : declared(statement);
      case "FunctionDeclaration":
      case "ClassDeclaration":
        return statement.id ? [statement.id.name] : [];
      case "LabeledStatement":
        return blockNames([statement.body]);
      default:
        return [];
    }
  });
}

/** What a class declares for its own body: its name, and its private names as `#name`. */
export function classNames({ id, body }: Class): string[] {
  const names = id ? [id.name] : [];
  for (const member of body.body) {
    if (member.type !== "StaticBlock" && member.key.type === "PrivateIdentifier") {
      names.push(`#${member.key.name}`);
    }
  }
  return names;
}

function isFunctionOrClass({ type }: AnyNode): boolean {
  return (
    type === "FunctionDeclaration" ||
    type === "FunctionExpression" ||
    type === "ArrowFunctionExpression" ||
    type === "ClassDeclaration" ||
    type === "ClassExpression"
  );
}

function declared({ declarations }: { declarations: readonly { id: Pattern }[] }): string[] {
  return declarations.flatMap(({ id }) => patternNames(id));
}
