/**
 * The variables around a function by name and value: a function as what the graph says of it, data as
 * its digest, an object of which only some members are taken as these.
 *
 * @module
 */

import type { Bound } from "../../code/inspector/bound.ts";
import { type Scope, valueIn } from "../../code/inspector/captured.ts";
import type { AnyFunction } from "../../code/syntax/parse.ts";
import {
  assignedVariables,
  filledVariables,
  memberNames,
  readVariables,
  usesThis,
} from "../../code/syntax/scope.ts";
import { Tag } from "../tag.ts";
import type { CapturedData, WriteMet } from "./captured-data.ts";
import type { Findings } from "./findings.ts";
import { globalMember } from "./global.ts";
import { isContainer } from "./known.ts";
import { type Member, membersTaken } from "./members.ts";
import type { Told } from "./memorized.ts";

const UNREADABLE = /^(this|super|new\.target|arguments|#.*)$/;
const FILE_PATHS = new Set(["__filename", "__dirname"]);
const GLOBAL_OBJECTS = new Set(["globalThis", "global"]);

/** A variable of one function. */
export interface Variable {
  readonly fn: AnyFunction;
  readonly name: string;
  /** What findings call it. */
  readonly path: string;
  /** The scopes around the function; undefined where they cannot be read. */
  readonly scopes: readonly Scope[] | undefined;
}

/** Writes variables into the sink of captured data. */
export class VariableWriter {
  /** How many were written. */
  count = 0;

  readonly #data: CapturedData;
  readonly #findings: Findings;
  readonly #writeFunction: WriteMet;

  constructor(data: CapturedData, findings: Findings, writeFunction: WriteMet) {
    this.#data = data;
    this.#findings = findings;
    this.#writeFunction = writeFunction;
  }

  /** Writes a variable by name and value; nothing for a global that is not the user's. */
  write(variable: Variable): void {
    const { fn, name, path, scopes } = variable;
    const found = scopes && valueIn(scopes, name);
    if (found !== undefined || UNREADABLE.test(name)) {
      this.#writeName(name);
      this.#writeFound(variable, found);
    } else if (GLOBAL_OBJECTS.has(name)) {
      for (const member of [...(memberNames(fn, name) ?? [])].sort()) {
        this.#writeGlobal(member, `${path}.${member}`);
      }
    } else if (scopes || name in globalThis) {
      this.#writeGlobal(name, path);
    } else {
      this.#writeName(name);
      this.#writeFound(variable, found);
    }
  }

  /** Lists a variable whose value does not count; nothing for a global. */
  leaveOut({ name, path, scopes }: Variable): void {
    if (scopes && valueIn(scopes, name) === undefined && !UNREADABLE.test(name)) return;
    if (!this.#findings.isGiven(path)) this.#findings.leaveOut(path, "is not followed", true);
  }

  /** Writes a value that a function captures. */
  writeValue(value: unknown, path: string): void {
    if (typeof value === "function") this.#writeFunction(value, path);
    else this.#data.write(value, path);
  }

  /** Writes what a bound function calls, and with what. */
  writeBound({ target, receiver, args }: Bound, path: string): void {
    const { sink } = this.#data.walk;
    const isReceived = usesThis(target);
    sink.byte(Tag.bound);
    this.#writeFunction(target, path);
    sink.byte(isReceived ? Tag.true : Tag.false);
    if (isReceived) this.writeValue(receiver, under(path, "this"));
    sink.uint64(args.length);
    for (const [i, arg] of args.entries()) this.writeValue(arg, `${path}.args[${i}]`);
  }

  /** Writes what was said about the code of a memorized function. */
  writeTold({ functionId, track, version, captures = {} }: Told, path: string): void {
    const { sink } = this.#data.walk;
    const names = Object.keys(captures).sort();
    sink.byte(Tag.told);
    sink.text(functionId);
    sink.text(version === undefined ? track : "version");
    if (version !== undefined) this.writeValue(version, under(path, "version"));
    sink.uint64(names.length);
    for (const name of names) {
      sink.text(name);
      this.writeValue(captures[name], under(path, `captures.${name}`));
      this.#findings.give(under(path, name));
    }
  }

  #writeName(name: string): void {
    this.count++;
    this.#data.walk.sink.byte(Tag.string);
    this.#data.walk.sink.text(name);
  }

  #writeGlobal(name: string, path: string): void {
    const member = globalMember(name);
    if (member === undefined) return;
    this.#writeName(name);
    this.#writeMember(member, path);
  }

  #writeFound({ fn, name, path }: Variable, found: ReturnType<typeof valueIn>): void {
    if (this.#findings.isGiven(path)) {
      this.#data.mark(path, "is given by the caller", false);
    } else if (assignedVariables(fn)?.has(name)) {
      const isUsed = readVariables(fn)?.has(name) ?? true;
      this.#data.mark(path, "is assigned by the function that refers to it", isUsed);
    } else if (found === undefined) {
      this.#data.mark(path, "cannot be read from outside", true);
    } else if (found === "uninitialised") {
      this.#writeMember(found, path);
    } else if (filledVariables(fn)?.has(name) && isContainer(found.value)) {
      this.#data.mark(path, "is only written to by the function that refers to it", false);
    } else if (FILE_PATHS.has(name) && typeof found.value === "string") {
      this.#data.mark(path, "is where a file lies", false);
    } else {
      const members = membersTaken(fn, name, found.value);
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
    } else if (this.#findings.isGiven(path)) {
      this.#data.mark(path, "is given by the caller", false);
    } else if (member === "uninitialised") {
      this.#data.mark(path, "is not initialised yet", true);
    } else if ("value" in member) {
      this.writeValue(member.value, path);
    } else {
      sink.byte(Tag.accessor);
      this.writeValue(member.get, path);
      this.writeValue(member.set, `${path} =`);
    }
  }
}

/** The path of what belongs to the thing under another path. */
export function under(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
