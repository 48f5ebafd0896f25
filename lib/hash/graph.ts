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

import { Inspection, type Scope, type Surroundings, valueIn } from "../code/captured.ts";
import { moduleOf } from "../code/identity.ts";
import { type AnyFunction, sourceText } from "../code/parse.ts";
import {
  assignedVariables,
  filledVariables,
  readVariables,
  writtenVariables,
} from "../code/scope.ts";
import { isNativeCode } from "../code/source.ts";
import { type Border, borderOf } from "./border.ts";
import { CapturedData } from "./captured-data.ts";
import { Findings } from "./findings.ts";
import { isContainer, isRequire, knownName } from "./known.ts";
import { functionsAround, type Member, membersTaken } from "./members.ts";
import {
  nameOf,
  originalOf,
  ownDigest,
  superclassOf,
  writeAdded,
  writeStatics,
  writeSuperclass,
} from "./own-code.ts";
import { Tag } from "./tag.ts";
import { rawDigest } from "./xxh3.ts";

/** The digests of a graph. */
export interface GraphDigests {
  /** Of everything. */
  readonly whole: Buffer;
  /** Without what is visible on the function in question: its properties and superclass. */
  readonly bare: Buffer;
}

interface Node {
  readonly fn: AnyFunction;
  /** Empty for the function in question. */
  readonly path: string;
  /** What the inspector tells about it; undefined when that is not known. */
  readonly around: Surroundings | undefined;
  /** What stands for its source, and bounds its scopes, when it is part of a package. */
  readonly border: Border | undefined;
}

const UNREADABLE = /^(this|super|new\.target|arguments|#.*)$/;
const FILE_PATHS = new Set(["__filename", "__dirname"]);

/** Computes one digest. */
export class CodeGraph {
  /** What was left out, and what was reached. */
  readonly findings: Findings;

  readonly #inspection = new Inspection();
  readonly #data: CapturedData;
  readonly #nodes = new Map<AnyFunction, number>();
  readonly #queue: Node[] = [];
  readonly #packages = new Map<AnyFunction, string>();
  #rootScript: string | undefined;
  #written = 0;
  #looked = 0;
  #variables = 0;

  /** @param given the names of what the caller tells himself: they are not followed. */
  constructor(given: Iterable<string> = []) {
    this.findings = new Findings(given);
    this.#data = new CapturedData(this.findings, (fn, path) => this.#writeFunction(fn, path));
  }

  /**
   * The digests of a function; undefined when the inspector is needed and not to be had.
   *
   * @throws CacheError `ERR_UNHASHABLE` for native code.
   */
  digest(root: AnyFunction): GraphDigests | undefined {
    const own = ownDigest(root);
    const { walk } = this.#data;
    try {
      const names = writtenVariables(root);
      const around = names?.length === 0 ? undefined : this.#inspection.surroundings(root);
      this.#rootScript = around?.scriptId;
      this.#add({ fn: root, path: "", around, border: undefined });
      const graph = walk.framed(() => this.#writeNodes());
      const bare = this.#variables === 0 ? own : graph;
      const visible = walk.framed(() => {
        this.#writeVisible(root, nameOf(root));
        this.#writeNodes();
      });
      if (this.#inspection.failed) return undefined;
      return { whole: rawDigest(Buffer.concat([bare, visible])), bare };
    } finally {
      this.#inspection.close();
    }
  }

  #add(node: Node): number {
    const index = this.#queue.push(node) - 1;
    this.#nodes.set(node.fn, index);
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
    for (const { fn, around, border } of this.#queue.slice(this.#looked)) {
      // Reads the source, which is then at hand, parsed, for a while.
      if (border === undefined) ownDigest(fn);
      found.push(...functionsAround(fn, scopesOf(around, border) ?? []));
    }
    this.#looked = this.#queue.length;
    this.#inspection.look(found.map(originalOf).filter((fn) => !isNativeCode(fn)));
  }

  #writeNode(node: Node): void {
    const { fn, path, border } = node;
    const { sink } = this.#data.walk;
    sink.byte(Tag.code);
    if (border === undefined) sink.raw(ownDigest(fn));
    else sink.text(border.place);
    if (path !== "") {
      this.#tell(node);
      this.#writeVisible(fn, path);
    }
    const names = writtenVariables(fn);
    if (names === undefined) {
      this.#variables++;
      this.#data.mark(path, "has a source that cannot be read, or calls eval", true);
    } else {
      for (const name of [...names].sort()) this.#writeVariable(node, name);
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
    walk.about(fn, path, (_, owner) => writeStatics(walk, owner));
    walk.about(fn, `${path}.prototype`, (_, owner) => writeAdded(walk, owner));
  }

  /** Writes a variable by name and value; nothing for a global. */
  #writeVariable({ fn, path: base, around, border }: Node, name: string): void {
    const path = base === "" ? name : `${base}.${name}`;
    const scopes = scopesOf(around, border);
    const found = scopes && valueIn(scopes, name);
    if (found === undefined && !UNREADABLE.test(name) && (scopes || name in globalThis)) return;

    this.#variables++;
    this.#data.walk.sink.byte(Tag.string);
    this.#data.walk.sink.text(name);
    if (this.findings.isGiven(path)) {
      this.#data.mark(path, "is given by the caller", false);
    } else if (assignedVariables(fn)?.has(name)) {
      const isUsed = readVariables(fn)?.has(name) ?? true;
      this.#data.mark(path, "is assigned by the function that refers to it", isUsed);
    } else if (found === undefined) {
      this.#data.mark(path, "cannot be read from outside", true);
    } else if (
      found !== "uninitialised" &&
      filledVariables(fn)?.has(name) &&
      isContainer(found.value)
    ) {
      this.#data.mark(path, "is only written to by the function that refers to it", false);
    } else if (
      found !== "uninitialised" &&
      FILE_PATHS.has(name) &&
      typeof found.value === "string"
    ) {
      this.#data.mark(path, "is where a file lies", false);
    } else {
      const members = found !== "uninitialised" && membersTaken(fn, name, found.value);
      if (members) this.#writeMembers(members, path);
      else this.#writeMember(found, path);
    }
  }

  #writeMembers(members: ReadonlyMap<string, Member>, path: string): void {
    const { sink } = this.#data.walk;
    sink.byte(Tag.extras);
    sink.uint64(members.size);
    for (const [name, member] of members) {
      sink.text(name);
      this.#writeMember(member, `${path}.${name}`);
    }
  }

  #writeMember(member: Member, path: string): void {
    const { sink } = this.#data.walk;
    if (member === "absent") {
      sink.byte(Tag.absent);
    } else if (this.findings.isGiven(path)) {
      this.#data.mark(path, "is given by the caller", false);
    } else if (member === "uninitialised") {
      this.#data.mark(path, "is not initialised yet", true);
    } else if ("value" in member) {
      this.#writeCaptured(member.value, path);
    } else {
      sink.byte(Tag.accessor);
      this.#writeCaptured(member.get, path);
      this.#writeCaptured(member.set, `${path} =`);
    }
  }

  #writeCaptured(value: unknown, path: string): void {
    if (typeof value === "function") this.#writeFunction(value, path);
    else this.#data.write(value, path);
  }

  #writeFunction(fn: AnyFunction, path: string): void {
    const original = originalOf(fn);
    const isNative = isNativeCode(original);
    const around = isNative ? undefined : this.#inspection.surroundings(original);
    const name = isNative || this.#isElsewhere(around) ? knownName(original) : undefined;
    if (name !== undefined) {
      this.#data.writeName(name);
    } else if (isRequire(original)) {
      this.#data.mark(path, "loads modules", false);
    } else if (isNative) {
      this.#data.mark(path, "is native or bound code, which has no source", true);
    } else {
      this.#writeReference(original, path, around);
    }
  }

  #writeReference(fn: AnyFunction, path: string, around: Surroundings | undefined): void {
    const { sink } = this.#data.walk;
    let index = this.#nodes.get(fn);
    if (index === undefined && !this.#packages.has(fn)) {
      const border =
        around && this.#isElsewhere(around) ? borderOf(this.#inspection, fn, around) : undefined;
      if (border && border.scopes.length === 0) {
        this.#packages.set(fn, border.place);
        this.findings.reach({ kind: "package", name: path, id: border.id });
      } else {
        index = this.#add({ fn, path, around, border });
      }
    }
    if (index === undefined) {
      sink.byte(Tag.package);
      sink.text(this.#packages.get(fn) ?? "");
    } else {
      sink.byte(Tag.reached);
      sink.uint64(index);
    }
  }

  /** Whether a function is in another script than the one in question: a package is not one script. */
  #isElsewhere(around: Surroundings | undefined): boolean {
    const [root] = this.#queue;
    this.#rootScript ??= root && this.#inspection.surroundings(root.fn)?.scriptId;
    return around?.scriptId !== this.#rootScript;
  }
}

function scopesOf(
  around: Surroundings | undefined,
  border: Border | undefined,
): readonly Scope[] | undefined {
  return border ? border.scopes : around?.scopes;
}
