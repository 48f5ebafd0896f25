/**
 * Data that a function captures, in canonical bytes: with marks in place of what is left out, and
 * without running any code of it.
 *
 * @module
 */

import { types } from "node:util";
import type { AnyFunction } from "../../code/syntax/parse.ts";
import { builtInName, constructorOf } from "../base.ts";
import { writeValue } from "../canonical.ts";
import { symbolName } from "../primitive.ts";
import { Tag } from "../tag.ts";
import { type Leniency, Walk } from "../walk.ts";
import { type Findings, reachedValue } from "./findings.ts";
import { goesByIdentity, isMemory, knownName, moduleExports } from "./known.ts";

// A second's worth. Captured constants are smaller by far, and what is larger is rather the object
// graph of some service than a constant. The memory of arrays is no matter, at 20 GB/s.
const MAX_VALUE_BYTES = 2 ** 26;

/** Writes a function that is met under a path. */
export type WriteMet = (fn: AnyFunction, path: string) => void;

/** Writes captured data into the sink of a walk of its own. */
export class CapturedData {
  /** The walk that the data is written to. */
  readonly walk: Walk;

  readonly #findings: Findings;
  readonly #leniency: Leniency;
  readonly #digests = new Map<unknown, Buffer>();

  /** @param write called for functions in the data, and for the classes of its objects. */
  constructor(findings: Findings, write: WriteMet) {
    this.#findings = findings;
    this.#leniency = {
      leftOut: (name, why) => findings.leaveOut(name, why, true),
      writeMark: (object) => this.#writeMark(object, write),
      maxBytes: MAX_VALUE_BYTES,
    };
    this.walk = new Walk(
      (_, value) => this.#writeValue(value),
      {
        value: (walk, fn) => write(fn, walk.path()),
        maker: (walk, fn) => write(fn, `${walk.path()}.constructor`),
      },
      this.#leniency,
    );
  }

  /** Writes the digest of a value, which is known under a path. */
  write(value: unknown, path: string): void {
    const { sink } = this.walk;
    const digest = this.#digests.get(value) ?? this.walk.runCaptured(value, path, this.#leniency);
    if (digest === undefined) {
      sink.byte(Tag.leftOut);
      return;
    }
    sink.byte(Tag.digest);
    sink.raw(digest);
    if (typeof value === "object") this.#digests.set(value, digest);
    if (this.#findings.lacks(path)) return;
    this.#findings.reach(reachedValue(path, value, digest.toString("hex")));
  }

  /** Writes the name of something that is known by it. */
  writeName(name: string): void {
    this.walk.sink.byte(Tag.intrinsic);
    this.walk.sink.text(name);
  }

  /** Writes the mark for something that is left out. */
  mark(name: string, why: string, matters: boolean): void {
    this.walk.sink.byte(Tag.leftOut);
    this.#findings.leaveOut(name, why, matters);
  }

  /** Writes the mark for an object of which nothing is known but the code of its classes. */
  #writeMark(object: object, write: WriteMet): void {
    const { walk } = this;
    const makers = makersOf(object);
    walk.sink.byte(makers.length === 0 ? Tag.leftOut : Tag.hidden);
    if (makers.length === 0) return;
    const path = `${walk.path()}.constructor`;
    const classes = walk.framed(() => {
      for (const maker of makers) write(maker, path);
    });
    walk.sink.raw(classes);
  }

  /** Writes data, or a part of it, where functions are not met. */
  #writeValue(value: unknown): void {
    const { walk } = this;
    if (typeof value === "symbol" && symbolName(value) === undefined) {
      this.mark(walk.path(), "is a symbol that only this process knows", true);
      return;
    }
    if (goesByIdentity(value)) this.#findings.meetRegister(walk.path());
    if (typeof value === "object" && value !== null) {
      const name = knownName(value);
      if (name !== undefined) {
        this.writeName(name);
        return;
      }
      if (types.isProxy(value)) {
        this.mark(walk.path(), "is a proxy, which cannot be read without running its code", true);
        return;
      }
      if (isMemory(value)) {
        this.mark(walk.path(), "is a Memory", false);
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
}

/** The classes above an object that are not built in. */
function makersOf(object: object): AnyFunction[] {
  const makers: AnyFunction[] = [];
  let link: object | null = Object.getPrototypeOf(object);
  while (link !== null && !types.isProxy(link) && builtInName(link) === undefined) {
    const maker = constructorOf(link);
    if (maker !== undefined) makers.push(maker);
    link = Object.getPrototypeOf(link);
  }
  return makers;
}
