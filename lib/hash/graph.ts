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

import { types } from "node:util";
import { Inspection, type Scope, type Surroundings, valueIn } from "../code/captured.ts";
import type { AnyFunction } from "../code/parse.ts";
import { assignedVariables, filledVariables, writtenVariables } from "../code/scope.ts";
import { isNativeCode } from "../code/source.ts";
import { describe } from "../describe.ts";
import { borderOf } from "./border.ts";
import { writeValue } from "./canonical.ts";
import { Findings } from "./findings.ts";
import { isContainer, isMemory, isRequire, knownName, moduleExports } from "./known.ts";
import { originalOf, ownDigest, writeAdded, writeMembers } from "./own-code.ts";
import { symbolName } from "./primitive.ts";
import { Tag } from "./tag.ts";
import { type Leniency, Walk } from "./walk.ts";
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
  /** Where to look for its variables; undefined when that is not known. */
  readonly scopes: readonly Scope[] | undefined;
  /** What stands for its source when it is part of a package. */
  readonly border: string | undefined;
}

// A second's worth. Captured constants are smaller by far, and what is larger is rather the object
// graph of some service than a constant. The memory of arrays is no matter, at 20 GB/s.
const MAX_VALUE_BYTES = 2 ** 26;
const UNREADABLE = /^(this|super|new\.target|arguments|#.*)$/;
const FILE_PATHS = new Set(["__filename", "__dirname"]);

/** Computes one digest. */
export class CodeGraph {
  /** What was left out, and what was reached. */
  readonly findings: Findings = new Findings();

  readonly #inspection = new Inspection();
  readonly #leniency: Leniency = {
    leftOut: (name, why) => this.findings.leaveOut(name, why, true),
    maxBytes: MAX_VALUE_BYTES,
  };
  readonly #walk: Walk;
  readonly #nodes = new Map<AnyFunction, number>();
  readonly #queue: Node[] = [];
  readonly #packages = new Map<AnyFunction, string>();
  readonly #values = new Map<unknown, Buffer>();
  #rootScript: string | undefined;
  #written = 0;
  #variables = 0;

  constructor() {
    const write = (_: Walk, fn: AnyFunction): void => this.#writeFunction(fn, this.#walk.path());
    this.#walk = new Walk(
      (_, value) => this.#writeValue(value),
      { value: write, maker: write },
      this.#leniency,
    );
  }

  /**
   * The digests of a function; undefined when the inspector is needed and not to be had.
   *
   * @throws CacheError `ERR_UNHASHABLE` for native code.
   */
  digest(root: AnyFunction): GraphDigests | undefined {
    const own = ownDigest(root);
    try {
      const names = writtenVariables(root);
      const around = names?.length === 0 ? undefined : this.#inspection.surroundings(root);
      this.#add({ fn: root, path: "", scopes: around?.scopes, border: undefined });
      const graph = this.#walk.framed(() => this.#writeNodes());
      const bare = this.#variables === 0 ? own : graph;
      const visible = this.#walk.framed(() => {
        this.#walk.about(root, root.name, (walk) => {
          writeMembers(walk, root);
          writeAdded(walk, root);
        });
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
      const node = this.#queue[this.#written];
      if (node !== undefined) this.#writeNode(node);
    }
  }

  #writeNode(node: Node): void {
    const { fn, path, border } = node;
    const { sink } = this.#walk;
    sink.byte(Tag.code);
    if (border === undefined) sink.raw(ownDigest(fn));
    else sink.text(border);
    if (path !== "") {
      const id = border ?? ownDigest(fn).toString("hex");
      this.findings.reach(border === undefined ? "function" : "package", path, id);
      this.#walk.about(fn, path, (walk) => {
        writeMembers(walk, fn);
        writeAdded(walk, fn);
      });
    }
    const names = writtenVariables(fn);
    if (names === undefined) {
      this.#variables++;
      this.#mark(path, "has a source that cannot be read, or calls eval", true);
    } else {
      for (const name of [...names].sort()) this.#writeVariable(node, name);
    }
  }

  /** Writes a variable by name and value; nothing for a global. */
  #writeVariable({ fn, path: base, scopes }: Node, name: string): void {
    const path = base === "" ? name : `${base}.${name}`;
    const found = scopes && valueIn(scopes, name);
    if (found === undefined && !UNREADABLE.test(name) && (scopes || name in globalThis)) return;

    this.#variables++;
    this.#walk.sink.byte(Tag.string);
    this.#walk.sink.text(name);
    if (assignedVariables(fn)?.has(name)) {
      this.#mark(path, "is assigned by the function that refers to it", false);
    } else if (found === undefined) {
      this.#mark(path, "cannot be read from outside", true);
    } else if (
      found !== "uninitialised" &&
      filledVariables(fn)?.has(name) &&
      isContainer(found.value)
    ) {
      this.#mark(path, "is only written to by the function that refers to it", false);
    } else if (found === "uninitialised") {
      this.#mark(path, "is not initialised yet", true);
    } else if (FILE_PATHS.has(name) && typeof found.value === "string") {
      this.#mark(path, "is where a file lies", false);
    } else if (typeof found.value === "function") {
      this.#writeFunction(found.value, path);
    } else {
      this.#writeData(found.value, path);
    }
  }

  #writeData(value: unknown, path: string): void {
    const { sink } = this.#walk;
    const known = this.#values.get(value);
    const digest = known ?? this.#walk.runCaptured(value, path, this.#leniency);
    if (digest === undefined) {
      sink.byte(Tag.leftOut);
      return;
    }
    sink.byte(Tag.digest);
    sink.raw(digest);
    const isObject = typeof value === "object" && value !== null;
    if (isObject) this.#values.set(value, digest);
    if (this.findings.lacks(path)) return;
    this.findings.reach("value", path, isObject ? digest.toString("hex") : describe(value));
  }

  /** Writes data, or a part of it, where functions are not met. */
  #writeValue(value: unknown): void {
    const walk = this.#walk;
    if (typeof value === "symbol" && symbolName(value) === undefined) {
      this.#mark(walk.path(), "is a symbol that only this process knows", true);
      return;
    }
    if (typeof value === "object" && value !== null) {
      const name = knownName(value);
      if (name !== undefined) {
        this.#writeName(name);
        return;
      }
      if (types.isProxy(value)) {
        this.#mark(walk.path(), "is a proxy, which cannot be read without running its code", true);
        return;
      }
      if (isMemory(value)) {
        this.#mark(walk.path(), "is a Memory", false);
        return;
      }
      const inner = moduleExports(value);
      if (inner !== undefined) {
        this.#writeValue(inner);
        return;
      }
    }
    writeValue(walk, value);
  }

  #writeFunction(fn: AnyFunction, path: string): void {
    const original = originalOf(fn);
    const name = knownName(original);
    if (name !== undefined) {
      this.#writeName(name);
    } else if (isRequire(original)) {
      this.#mark(path, "loads modules", false);
    } else if (isNativeCode(original)) {
      this.#mark(path, "is native or bound code, which has no source", true);
    } else {
      this.#writeReference(original, path);
    }
  }

  #writeReference(fn: AnyFunction, path: string): void {
    const { sink } = this.#walk;
    let index = this.#nodes.get(fn);
    if (index === undefined && !this.#packages.has(fn)) {
      const around = this.#inspection.surroundings(fn);
      const border = around && this.#isElsewhere(around) && borderOf(this.#inspection, around);
      if (border && border.scopes.length === 0) {
        this.#packages.set(fn, border.place);
        this.findings.reach("package", path, border.id);
      } else {
        const scopes = border ? border.scopes : around?.scopes;
        index = this.#add({ fn, path, scopes, border: border ? border.place : undefined });
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
  #isElsewhere({ scriptId }: Surroundings): boolean {
    const [root] = this.#queue;
    this.#rootScript ??= root && this.#inspection.surroundings(root.fn)?.scriptId;
    return scriptId !== this.#rootScript;
  }

  #writeName(name: string): void {
    this.#walk.sink.byte(Tag.intrinsic);
    this.#walk.sink.text(name);
  }

  /** Writes the mark for something that is left out. */
  #mark(name: string, why: string, matters: boolean): void {
    this.#walk.sink.byte(Tag.leftOut);
    this.findings.leaveOut(name, why, matters);
  }
}
