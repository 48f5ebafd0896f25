/**
 * A function with everything it reaches, as one digest.
 *
 * Functions are the nodes of a graph: the function in question is number 0, and each one that is
 * reached, through a variable or inside data, gets the next number when it is first met. A node is
 * written as its own source and, by name, the variables around it: a function as the number of its
 * node, data as its digest, with functions in it as numbers too. So recursion ends, and the cost is
 * that of the functions, however they refer to each other.
 *
 * Reading runs no code: a getter counts by its functions, a proxy is left out.
 *
 * @module
 */

import type { Bound } from "../../code/inspector/bound.ts";
import { Inspection, type Scope, type Surroundings } from "../../code/inspector/captured.ts";
import { moduleOf } from "../../code/origin/identity.ts";
import { classSource } from "../../code/syntax/class-members.ts";
import { type AnyFunction, sourceText } from "../../code/syntax/parse.ts";
import { hiddenStatics } from "../../code/syntax/private.ts";
import { loadedModules, writtenVariables } from "../../code/syntax/scope.ts";
import { isNativeCode } from "../../code/syntax/source.ts";
import { constructorOf } from "../base.ts";
import { Tag } from "../tag.ts";
import { rawDigest } from "../xxh3.ts";
import { type Border, borderOf } from "./border.ts";
import { CapturedData } from "./captured-data.ts";
import { Findings } from "./findings.ts";
import { isRequire, knownName } from "./known.ts";
import { functionsAround } from "./members.ts";
import { originalOf, type Told, toldOf } from "./memorized.ts";
import {
  inheritedOf,
  nameOf,
  ownDigest,
  superclassOf,
  writeAdded,
  writeInherited,
  writeStatics,
  writeSuperclass,
} from "./own-code.ts";
import { under, VariableWriter } from "./variable.ts";

/** The digests of a graph. */
export interface GraphDigests {
  /** Of everything. */
  readonly whole: Buffer;
  /** Without what is visible on the function in question: its properties and superclass. */
  readonly bare: Buffer;
}

interface Node {
  readonly fn: AnyFunction;
  /** What the user said about its code, where it is that of a memorized function. */
  readonly told?: Told | undefined;
  /** Empty for the function in question. */
  readonly path: string;
  /** What the inspector tells about it; undefined when that is not known. */
  readonly around: Surroundings | undefined;
  /** What stands for its source, and bounds its scopes, when it is part of a package. */
  readonly border: Border | undefined;
  /** What it holds, where `bind` made it. */
  readonly bound?: Bound | undefined;
}

/** Computes one digest. */
export class CodeGraph {
  /** What was left out, and what was reached. */
  readonly findings: Findings;

  readonly #inspection = new Inspection();
  readonly #data: CapturedData;
  readonly #variables: VariableWriter;
  readonly #nodes = new Map<AnyFunction, number>();
  readonly #queue: Node[] = [];
  readonly #packages = new Map<AnyFunction, string>();
  #rootScript: string | undefined;
  #written = 0;
  #looked = 0;

  /** @param given the names of what the caller tells himself: they are not followed. */
  constructor(given: Iterable<string> = []) {
    this.findings = new Findings(given);
    const write = (fn: AnyFunction, path: string): void => this.#writeFunction(fn, path);
    this.#data = new CapturedData(this.findings, write);
    this.#variables = new VariableWriter(this.#data, this.findings, write);
  }

  /**
   * The digests of a function, or of a memorized one; undefined when the inspector is needed and not
   * to be had.
   *
   * @throws CacheError `ERR_UNHASHABLE` for native code.
   */
  digest(root: AnyFunction): GraphDigests | undefined {
    const { walk } = this.#data;
    const told = toldOf(root);
    const fn = told ? originalOf(root) : root;
    try {
      const names = told ? undefined : writtenVariables(fn);
      const around = names?.length === 0 ? undefined : this.#surroundings(fn);
      this.#rootScript = around?.scriptId;
      this.#add(root, { fn, told, path: told ? nameOf(fn) : "", around, border: undefined });
      const graph = walk.framed(() => this.#writeNodes());
      const bare = this.#variables.count === 0 && !told ? ownDigest(fn) : graph;
      const visible = walk.framed(() => {
        if (!told) this.#writeVisible(fn, nameOf(fn));
        this.#writeNodes();
      });
      if (this.#inspection.failed) return undefined;
      return { whole: rawDigest(Buffer.concat([bare, visible])), bare };
    } finally {
      this.#inspection.close();
    }
  }

  #surroundings(fn: AnyFunction): Surroundings | undefined {
    return isNativeCode(fn) ? undefined : this.#inspection.surroundings(fn);
  }

  #add(key: AnyFunction, node: Node): number {
    const index = this.#queue.push(node) - 1;
    this.#nodes.set(key, index);
    return index;
  }

  #writeNodes(): void {
    for (; this.#written < this.#queue.length; this.#written++) {
      if (this.#written === this.#looked) this.#lookAhead();
      const node = this.#queue[this.#written];
      if (node !== undefined) this.#writeNode(node);
    }
  }

  /** Has the inspector asked at once about all functions that the waiting nodes refer to. */
  #lookAhead(): void {
    const found: AnyFunction[] = [];
    for (const { fn, told, around, border, bound } of this.#queue.slice(this.#looked)) {
      if (told && isSealed(told)) continue;
      if (bound) {
        found.push(bound.target);
        continue;
      }
      // Reads the source, which is then at hand, parsed, for a while.
      if (border === undefined) ownDigest(fn);
      found.push(...functionsAround(fn, scopesOf(around, border) ?? []));
    }
    this.#looked = this.#queue.length;
    this.#inspection.look(found.map(originalOf).filter((fn) => !isNativeCode(fn)));
  }

  #writeNode(node: Node): void {
    const { fn, path, told, border } = node;
    const { sink } = this.#data.walk;
    if (node.bound) {
      this.#variables.writeBound(node.bound, path);
      this.#data.walk.about(fn, path, writeStatics);
      return;
    }
    if (told) {
      this.#variables.writeTold(told, path);
      if (isSealed(told)) return;
    }
    sink.byte(Tag.code);
    if (border === undefined) sink.raw(ownDigest(fn));
    else sink.text(border.place);
    if (path !== "") {
      this.#tell(node);
      this.#writeVisible(fn, path);
    }
    if (border === undefined) this.#leaveOut(fn, path);
    const names = writtenVariables(fn);
    if (names === undefined) {
      this.#variables.count++;
      this.#data.mark(path, "has a source that cannot be read, or calls eval", true);
      return;
    }
    const scopes = scopesOf(node.around, border);
    for (const name of [...names].sort()) {
      const variable = { fn, name, path: under(path, name), scopes };
      if (told?.track === "own") this.#variables.leaveOut(variable);
      else this.#variables.write(variable);
    }
  }

  /** Lists what a function may depend on and what has no place in its digest. */
  #leaveOut(fn: AnyFunction, path: string): void {
    for (const key of classSource(fn)?.computedFields ?? []) {
      const why = "is the name of a field, which cannot be seen on the class";
      this.findings.leaveOut(under(path, key), why, true);
    }
    for (const module of loadedModules(fn)) {
      this.findings.leaveOut(under(path, module), "is loaded when the function runs", false);
    }
    for (const name of hiddenStatics(fn)) {
      const why = "is private state of the class, which cannot be seen";
      this.findings.leaveOut(under(path, name), why, true);
    }
  }

  #tell({ fn, path, around, border }: Node): void {
    if (border !== undefined) {
      this.findings.reach({ kind: "package", name: path, id: border.id });
      return;
    }
    this.findings.reach({
      kind: /^class\b/.test(sourceText(fn)) ? "class" : "function",
      name: path,
      id: ownDigest(fn).toString("hex"),
      ...(around && { line: around.line + 1, ...this.#fileOf(fn, around) }),
    });
  }

  #fileOf(fn: AnyFunction, around: Surroundings): { readonly file?: string } {
    const script = this.#isElsewhere(around) ? this.#inspection.script(fn) : undefined;
    return script ? { file: moduleOf(script) } : {};
  }

  #writeVisible(fn: AnyFunction, path: string): void {
    const { walk } = this.#data;
    const parent = superclassOf(fn);
    if (parent) walk.about(fn, `${path} extends ${nameOf(parent)}`, writeSuperclass);
    const above = inheritedOf(fn);
    const maker = above && constructorOf(above);
    const root = maker ? `${path} extends ${nameOf(maker)}` : `${path}.prototype`;
    if (above) walk.about(fn, root, writeInherited);
    walk.about(fn, path, (_, owner) => writeStatics(walk, owner));
    walk.about(fn, `${path}.prototype`, (_, owner) => writeAdded(walk, owner));
  }

  #writeFunction(fn: AnyFunction, path: string): void {
    const told = toldOf(fn);
    const original = originalOf(fn);
    const isNative = isNativeCode(original);
    const around = this.#surroundings(original);
    const name = isNative || this.#isElsewhere(around) ? knownName(original) : undefined;
    if (told && !(isNative && told.version === undefined)) {
      this.#writeReference(fn, { fn: original, told, path, around });
    } else if (name !== undefined) {
      this.#data.writeName(name);
    } else if (isRequire(original)) {
      this.#data.mark(path, "loads modules", false);
    } else if (isNative) {
      const bound = this.#nodes.has(original) ? undefined : this.#inspection.bound(original);
      if (bound || this.#nodes.has(original)) {
        this.#writeReference(original, { fn: original, path, around: undefined, bound });
      } else {
        this.#data.mark(path, "is native code, which has no source", true);
      }
    } else {
      this.#writeReference(original, { fn: original, path, around });
    }
  }

  #writeReference(key: AnyFunction, node: Omit<Node, "border">): void {
    const { fn, told, path, around } = node;
    const { sink } = this.#data.walk;
    let index = this.#nodes.get(key);
    if (index === undefined && !this.#packages.has(key)) {
      const border =
        around && this.#isElsewhere(around) ? borderOf(this.#inspection, fn, around) : undefined;
      if (border && border.scopes.length === 0 && !told) {
        this.#packages.set(key, border.place);
        this.findings.reach({ kind: "package", name: path, id: border.id });
      } else {
        index = this.#add(key, { ...node, border });
      }
    }
    if (index === undefined) {
      sink.byte(Tag.package);
      sink.text(this.#packages.get(key) ?? "");
    } else {
      sink.byte(Tag.reached);
      sink.uint64(index);
    }
  }

  /** Whether a function is in another script than the one in question: a package is not one script. */
  #isElsewhere(around: Surroundings | undefined): boolean {
    const [root] = this.#queue;
    this.#rootScript ??= root && this.#surroundings(root.fn)?.scriptId;
    return around?.scriptId !== this.#rootScript;
  }
}

function scopesOf(
  around: Surroundings | undefined,
  border: Border | undefined,
): readonly Scope[] | undefined {
  return border ? border.scopes : around?.scopes;
}

/** Whether what was said about the code of a function stands for all of it. */
function isSealed({ track, version }: Told): boolean {
  return version !== undefined || track === "none";
}
