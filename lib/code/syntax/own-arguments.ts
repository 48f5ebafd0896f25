/**
 * Whether a function can see its arguments in another way than through its parameters.
 *
 * @module
 */

import { type AnyNode, childNodes, type ParsedFunction } from "./parse.ts";

const WORD = "arguments";

/**
 * Whether a function may tell `f(1)` from `f(1, 2)` where the second parameter has the default 2:
 * it, or an arrow in it, says `arguments`, or code in it calls `eval` directly or speaks of a
 * property of that name, since functions in sloppy mode have one.
 *
 * In doubt the answer is yes. Not seen is a function elsewhere that reads `f.arguments`.
 */
export function seesArguments({ code }: ParsedFunction): boolean {
  const isArrow = code.type === "ArrowFunctionExpression";
  const pending = [...childNodes(code)].map((node) => ({ node, isOwn: !isArrow }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, isOwn } = next;
    if ((isOwn && isWord(node)) || namesProperty(node) || callsEval(node)) return true;
    // The key of a method is no part of the function in it, and belongs to the code around.
    const isInner = node.type === "FunctionDeclaration" || node.type === "FunctionExpression";
    for (const child of childNodes(node)) pending.push({ node: child, isOwn: isOwn && !isInner });
  }
  return false;
}

function isWord(node: AnyNode): boolean {
  return node.type === "Identifier" && node.name === WORD;
}

function namesProperty(node: AnyNode): boolean {
  if (node.type === "Literal") return node.value === WORD;
  if (node.type === "TemplateElement") return node.value.cooked === WORD;
  if (node.type === "MemberExpression") return !node.computed && isWord(node.property);
  return node.type === "Property" && !node.computed && isWord(node.key);
}

function callsEval(node: AnyNode): boolean {
  return (
    node.type === "CallExpression" &&
    node.callee.type === "Identifier" &&
    node.callee.name === "eval" &&
    !node.optional
  );
}
