/**
 * Which classes keep state that nobody outside can see.
 *
 * An instance with `#` members looks the same from outside whatever they hold, so it must be
 * neither hashed nor cloned by what is visible.
 *
 * @module
 */

import { answer, type Question } from "./analysis.ts";
import { texts } from "./encoded.ts";
import { literalValue } from "./literal.ts";
import { Memo } from "./memo.ts";
import {
  type AnyFunction,
  type AnyNode,
  type ClassExpression,
  childNodes,
  type Expression,
  sourceText,
} from "./parse.ts";
import { isNativeCode } from "./source.ts";

const STATE: Question<boolean> = {
  name: "private",
  ask: ({ code }) =>
    (code.type === "ClassExpression" && hasPrivateMember(code)) || usesPrivateHelper(code),
  encode: (hasState) => hasState,
  decode: (encoded) => (typeof encoded === "boolean" ? encoded : undefined),
};

const STATICS: Question<readonly string[]> = {
  name: "statics",
  ask: ({ code }) => (code.type === "ClassExpression" ? hiddenStaticsIn(code) : []),
  encode: (names) => names,
  decode: texts,
};

const answers = new Memo<AnyFunction, boolean>();

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
  const known = answers.get(ctor);
  return known ?? answers.add(ctor, () => !isNativeCode(ctor) && declaresPrivate(ctor));
}

/**
 * The private static fields of a class (`#count`) that may hold something else than its source says:
 * those that it assigns again, and those that hold an object. Nobody outside can read them.
 */
export function hiddenStatics(ctor: AnyFunction): readonly string[] {
  return /^class\b/.test(sourceText(ctor)) ? (answer(STATICS, ctor) ?? []) : [];
}

function hiddenStaticsIn(code: ClassExpression): string[] {
  const assigned = assignedPrivates(code);
  return code.body.body.flatMap((member) => {
    if (member.type !== "PropertyDefinition" || !member.static) return [];
    if (member.key.type !== "PrivateIdentifier") return [];
    const { name } = member.key;
    return assigned.has(name) || !isFixed(member.value) ? `#${name}` : [];
  });
}

/** Whether a value cannot change but by an assignment. */
function isFixed(value: Expression | null | undefined): boolean {
  if (!value || value.type === "ArrowFunctionExpression" || value.type === "FunctionExpression") {
    return true;
  }
  const literal = literalValue(value, () => true);
  return literal !== undefined && (typeof literal.value !== "object" || literal.value === null);
}

/** The private names under which a class assigns something after it was made. */
function assignedPrivates(root: AnyNode): ReadonlySet<string> {
  const names = new Set<string>();
  const pending: { readonly node: AnyNode; readonly isTarget: boolean }[] = [
    { node: root, isTarget: false },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, isTarget } = next;
    if (
      node.type === "MemberExpression" &&
      node.property.type === "PrivateIdentifier" &&
      isTarget
    ) {
      names.add(node.property.name);
    }
    const target =
      node.type === "UpdateExpression"
        ? node.argument
        : /^(Assignment(Expression|Pattern)|For(In|Of)Statement)$/.test(node.type) && "left" in node
          ? node.left
          : undefined;
    const passesOn = /^(ArrayPattern|ObjectPattern|RestElement|Property)$/.test(node.type);
    for (const child of childNodes(node)) {
      pending.push({ node: child, isTarget: child === target || (isTarget && passesOn) });
    }
  }
  return names;
}

function declaresPrivate(ctor: AnyFunction): boolean {
  return answer(STATE, ctor) ?? /#[\p{ID_Start}$_\\]/u.test(sourceText(ctor));
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
