/**
 * Which classes keep state that nobody outside can see.
 *
 * An instance with `#` members looks the same from outside whatever they hold, so it must be
 * neither hashed nor cloned by what is visible.
 *
 * @module
 */

import {
  type AnyFunction,
  type AnyNode,
  type ClassExpression,
  childNodes,
  parseFunction,
  sourceText,
} from "./parse.ts";
import { isNativeCode } from "./source.ts";

const answers = new WeakMap<AnyFunction, boolean>();

/**
 * Whether the source of a class declares private members of its instances: fields, methods or
 * accessors, also where a compiler turned them into WeakMaps (TypeScript, esbuild, Babel and swc
 * leave helpers by which they are recognised).
 *
 * Looks at this class alone, not at its parents; static members belong to no instance. A class
 * whose source cannot be parsed has private state as soon as anything in it looks so. Native
 * constructors have none. Computed once for each class.
 */
export function hasPrivateState(ctor: AnyFunction): boolean {
  let answer = answers.get(ctor);
  if (answer === undefined) {
    answer = !isNativeCode(ctor) && declaresPrivate(ctor);
    answers.set(ctor, answer);
  }
  return answer;
}

function declaresPrivate(ctor: AnyFunction): boolean {
  const parsed = parseFunction(ctor);
  if (!parsed) return /#[\p{ID_Start}$_\\]/u.test(sourceText(ctor));
  const { code } = parsed;
  return (code.type === "ClassExpression" && hasPrivateMember(code)) || usesPrivateHelper(code);
}

function hasPrivateMember({ body }: ClassExpression): boolean {
  return body.body.some(
    (member) =>
      member.type !== "StaticBlock" && !member.static && member.key.type === "PrivateIdentifier",
  );
}

// `__classPrivateFieldGet` of tsc, `__privateAdd` of esbuild, `_classPrivateFieldInitSpec` of Babel,
// `_class_private_field_init` of swc.
const HELPER = /^_{1,2}(private(Add|Get|Set|Method|In|Wrapper)|class(_p|P)rivate\w*)$/;

function usesPrivateHelper(root: AnyNode): boolean {
  const pending = [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === "Identifier" && HELPER.test(node.name)) return true;
    pending.push(...childNodes(node));
  }
  return false;
}
