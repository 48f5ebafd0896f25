/**
 * Walks the tree of a function and collects what it refers to outside itself.
 *
 * Each scope is made with all its names before its code is visited, so that a use before the
 * declaration finds it. Names in declarations are visited like uses: they resolve to themselves.
 *
 * @module
 */

import { blockNames, classNames, patternNames, varNames } from "./binding.ts";
import { Scope, scopeOf } from "./declared-scope.ts";
import {
  countedName,
  filledPlace,
  importText,
  isNameHelper,
  loweredBody,
  memberName,
} from "./idiom.ts";
import {
  type AnyNode,
  type CallExpression,
  type Class,
  childNodes,
  type Expression,
  type FunctionNode,
  type MemberExpression,
  type ParsedFunction,
} from "./parse.ts";

/** What a function refers to. */
export interface References {
  /** Names that it does not declare, but for helpers of a compiler, in order of appearance. */
  readonly written: ReadonlySet<string>;
  /** Those of them that it assigns itself, by any kind of assignment or by a loop. */
  readonly assigned: ReadonlySet<string>;
  /** Those of them that it refers to in another way than {@link References.filled}. */
  readonly read: ReadonlySet<string>;
  /**
   * Those of them that hold something which it puts things into, as a statement whose value is not
   * used: `x.push(…)`, `x.add(…)`, `x.set(…)`, `x.y = …`, `x.y++`.
   */
  readonly filled: ReadonlySet<string>;
  /** The members by name of those of which it takes members: `x.name`, `x["name"]`. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those that it refers to in another way than {@link References.members}. */
  readonly whole: ReadonlySet<string>;
  /** The modules that it loads when it runs, as `import("../h.js")`. */
  readonly modules: ReadonlySet<string>;
  /** Whether its own code refers to the receiver it is called with. */
  readonly usesThis: boolean;
  /** Whether it has a direct `eval(…)`, which may refer to anything. */
  readonly evaluates: boolean;
}

/**
 * Whose `this` it is at some place: that of the function in question, that of the code around it,
 * or that of a function within.
 */
type Receiver = "own" | "captured" | "inner";

/** Collects what a function refers to, the computed name of a method included. */
export function references({ code, computedKey }: ParsedFunction): References {
  const walk = new Walk();
  const root = new Scope([]);
  if (computedKey) walk.visit(computedKey, root, "captured");
  if (code.type === "FunctionExpression") walk.visitFunction(code, root, "own");
  else walk.visit(code, root, "captured");
  return walk;
}

class Walk implements References {
  readonly written = new Set<string>();
  readonly assigned = new Set<string>();
  readonly read = new Set<string>();
  readonly filled = new Set<string>();
  readonly members = new Map<string, Set<string>>();
  readonly whole = new Set<string>();
  readonly modules = new Set<string>();
  usesThis = false;
  evaluates = false;

  visit(node: AnyNode, scope: Scope, receiver: Receiver): void {
    switch (node.type) {
      case "Identifier":
        this.#refer(node.name, scope);
        break;
      case "PrivateIdentifier":
        this.#refer(`#${node.name}`, scope);
        break;
      case "ThisExpression":
        this.#receive("this", receiver);
        break;
      case "Super":
        this.#receive("super", receiver);
        break;
      case "MetaProperty":
        if (node.meta.name === "new") this.#receive("new.target", receiver);
        break;
      case "FunctionDeclaration":
      case "FunctionExpression":
        this.visitFunction(node, scope, "inner");
        break;
      case "ArrowFunctionExpression":
        this.visitFunction(node, scope, receiver);
        break;
      case "ClassDeclaration":
      case "ClassExpression":
        this.#visitClass(node, scope, receiver);
        break;
      case "CallExpression":
        this.#visitCall(node, scope, receiver);
        break;
      case "ImportExpression":
        this.modules.add(importText(node));
        this.#visitAll(childNodes(node), scope, receiver);
        break;
      case "MemberExpression":
        this.#visitMember(node, scope, receiver);
        break;
      case "Property":
        if (node.computed) this.visit(node.key, scope, receiver);
        this.visit(node.value, scope, receiver);
        break;
      case "LabeledStatement":
        this.visit(node.body, scope, receiver);
        break;
      case "BreakStatement":
      case "ContinueStatement":
        break;
      case "BlockStatement":
        this.#visitAll(node.body, scopeOf(blockNames(node.body), scope), receiver);
        break;
      case "SwitchStatement": {
        this.visit(node.discriminant, scope, receiver);
        const statements = node.cases.flatMap(({ consequent }) => consequent);
        this.#visitAll(node.cases, scopeOf(blockNames(statements), scope), receiver);
        break;
      }
      case "ExpressionStatement":
        this.#visitStatement(node.expression, scope, receiver);
        break;
      case "AssignmentExpression":
        this.#assign(node.left, scope);
        this.#visitAll(childNodes(node), scope, receiver);
        break;
      case "UpdateExpression":
        this.#assign(node.argument, scope);
        this.visit(node.argument, scope, receiver);
        break;
      case "ForInStatement":
      case "ForOfStatement":
        this.#assign(node.left, scope);
        this.#visitLoop(node, scope, receiver);
        break;
      case "ForStatement":
        this.#visitLoop(node, scope, receiver);
        break;
      case "CatchClause": {
        const names = node.param ? patternNames(node.param) : [];
        this.#visitAll(childNodes(node), scopeOf(names, scope), receiver);
        break;
      }
      default:
        this.#visitAll(childNodes(node), scope, receiver);
        break;
    }
  }

  visitFunction(node: FunctionNode, scope: Scope, receiver: Receiver): void {
    const names = node.params.flatMap(patternNames);
    let around = scope;
    if (node.type !== "ArrowFunctionExpression") {
      names.push("arguments");
      if (node.type === "FunctionExpression" && node.id) around = new Scope([node.id.name], scope);
    }
    // Defaults do not see the variables of the body.
    const params = scopeOf(names, around);
    this.#visitAll(node.params, params, receiver);
    const variables = node.body.type === "BlockStatement" ? varNames(node.body) : [];
    this.visit(node.body, scopeOf(variables, params), receiver);
  }

  #visitClass(node: Class, scope: Scope, receiver: Receiver): void {
    const inside = scopeOf(classNames(node), scope);
    if (node.superClass) this.visit(node.superClass, inside, receiver);
    for (const member of node.body.body) {
      if (member.type === "StaticBlock") {
        const names = [...member.body.flatMap(varNames), ...blockNames(member.body)];
        this.#visitAll(member.body, scopeOf(names, inside), "inner");
        continue;
      }
      if (member.computed) this.visit(member.key, inside, receiver);
      if (member.value) this.visit(member.value, inside, "inner");
    }
  }

  #visitCall(node: CallExpression, scope: Scope, receiver: Receiver): void {
    const lowered = loweredBody(node);
    if (lowered) {
      // Called by the helper with the receiver, which it has from here.
      const [, ...others] = node.arguments;
      this.visit(node.callee, scope, receiver);
      this.#visitAll(others.slice(0, -1), scope, receiver);
      this.visitFunction(lowered, scope, receiver);
      return;
    }
    const { callee } = node;
    if (callee.type === "Identifier" && callee.name === "eval" && !node.optional) {
      this.evaluates = true;
    }
    if (!isNameHelper(node)) this.visit(callee, scope, receiver);
    this.#visitAll(node.arguments, scope, receiver);
  }

  #visitMember(node: MemberExpression, scope: Scope, receiver: Receiver): void {
    const { object, property } = node;
    const name = memberName(node);
    if (object.type === "Identifier" && name !== undefined) {
      this.#referToMember(object.name, name, scope);
      return;
    }
    this.visit(object, scope, receiver);
    if (node.computed || property.type === "PrivateIdentifier") {
      this.visit(property, scope, receiver);
    }
  }

  /** Visits an expression whose value is not used. */
  #visitStatement(node: Expression, scope: Scope, receiver: Receiver): void {
    const counter = countedName(node);
    if (counter !== undefined && !scope.has(counter)) {
      this.#add(counter);
      this.assigned.add(counter);
      this.whole.add(counter);
      if (node.type === "AssignmentExpression") this.visit(node.right, scope, receiver);
      return;
    }
    const place = filledPlace(node);
    if (place?.object.type !== "Identifier" || scope.has(place.object.name)) {
      this.visit(node, scope, receiver);
      return;
    }
    this.#add(place.object.name);
    this.filled.add(place.object.name);
    this.whole.add(place.object.name);
    if (place.computed) this.visit(place.property, scope, receiver);
    if (node.type === "AssignmentExpression") this.visit(node.right, scope, receiver);
    if (node.type === "CallExpression") this.#visitAll(node.arguments, scope, receiver);
  }

  #visitLoop(node: AnyNode, scope: Scope, receiver: Receiver): void {
    const children = [...childNodes(node)];
    this.#visitAll(children, scopeOf(blockNames(children), scope), receiver);
  }

  /** Takes down the variables on the left of an assignment, which is visited as well. */
  #assign(target: AnyNode, scope: Scope): void {
    switch (target.type) {
      case "Identifier":
      case "ObjectPattern":
      case "ArrayPattern":
        for (const name of patternNames(target)) if (!scope.has(name)) this.assigned.add(name);
    }
  }

  #visitAll(nodes: Iterable<AnyNode>, scope: Scope, receiver: Receiver): void {
    for (const node of nodes) this.visit(node, scope, receiver);
  }

  #refer(name: string, scope: Scope): void {
    if (scope.has(name)) return;
    this.#add(name);
    this.read.add(name);
    this.whole.add(name);
  }

  #referToMember(object: string, name: string, scope: Scope): void {
    if (scope.has(object)) return;
    this.#add(object);
    this.read.add(object);
    const members = this.members.get(object);
    if (members === undefined) this.members.set(object, new Set([name]));
    else members.add(name);
  }

  #receive(word: "this" | "super" | "new.target", receiver: Receiver): void {
    if (receiver === "own") this.usesThis = true;
    // A method's `super` starts at the object it was written in, whatever it is called on.
    if (receiver === "captured" || (receiver === "own" && word === "super")) {
      this.#add(word);
      this.read.add(word);
    }
  }

  #add(name: string): void {
    this.written.add(name);
  }
}
