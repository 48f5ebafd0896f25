/**
 * Pieces of syntax that say more than their parts.
 *
 * @module
 */

import type {
  AnyNode,
  CallExpression,
  Expression,
  FunctionExpression,
  ImportExpression,
  MemberExpression,
} from "./parse.ts";

/** Methods that put something into a collection of the language, and do nothing else. */
const FILLING = new Set(["push", "unshift", "add", "set"]);

/** The `x.y` of an expression that does no more than put something there. */
export function filledPlace(node: Expression): MemberExpression | undefined {
  if (node.type === "CallExpression") {
    const { callee, optional } = node;
    const isFilling =
      callee.type === "MemberExpression" &&
      !optional &&
      !callee.computed &&
      callee.property.type === "Identifier" &&
      FILLING.has(callee.property.name);
    return isFilling ? callee : undefined;
  }
  let target: AnyNode | undefined;
  if (node.type === "AssignmentExpression") target = node.left;
  if (node.type === "UpdateExpression") target = node.argument;
  if (target?.type !== "MemberExpression") return undefined;
  return target.property.type === "PrivateIdentifier" ? undefined : target;
}

/** Whether a call is `__name(fn, "fn")` as esbuild and tsx weave it in. */
export function isNameHelper({ callee, arguments: args }: CallExpression): boolean {
  const [, name] = args;
  return (
    callee.type === "Identifier" &&
    callee.name === "__name" &&
    args.length === 2 &&
    name?.type === "Literal" &&
    typeof name.value === "string"
  );
}

/**
 * The generator in `__async(this, null, function* () {…})` of esbuild and in `__awaiter(this, …)` of
 * TypeScript, which stand for the body of an asynchronous function, whether it says `this` or not.
 */
export function loweredBody({
  callee,
  arguments: args,
}: CallExpression): FunctionExpression | undefined {
  const name = callee.type === "MemberExpression" ? callee.property : callee;
  const body = args.at(-1);
  const isHelper =
    name.type === "Identifier" &&
    ((name.name === "__async" && args.length === 3) ||
      (name.name === "__awaiter" && args.length === 4));
  if (!isHelper || args[0]?.type !== "ThisExpression") return undefined;
  return body?.type === "FunctionExpression" && body.generator ? body : undefined;
}

/** What an `import(…)` loads, as it is written: without the specifier where that is computed. */
export function importText({ source }: ImportExpression): string {
  const isText = source.type === "Literal" && typeof source.value === "string";
  return `import(${isText ? JSON.stringify(source.value) : "…"})`;
}

/** The name in `x.name` and `x["name"]`; undefined where it has to be computed. */
export function memberName({ computed, property }: MemberExpression): string | undefined {
  if (!computed) return property.type === "Identifier" ? property.name : undefined;
  const isText = property.type === "Literal" && typeof property.value === "string";
  return isText ? String(property.value) : undefined;
}

/** The variable that a statement only renews: `x++`, `x += …`, `x = …`. */
export function countedName(node: Expression): string | undefined {
  if (node.type === "UpdateExpression" && node.argument.type === "Identifier") {
    return node.argument.name;
  }
  const isAssignment = node.type === "AssignmentExpression" && node.left.type === "Identifier";
  return isAssignment && node.left.type === "Identifier" ? node.left.name : undefined;
}
