/**
 * One pass over a value: the sink it is written to, the way from the root to where the pass stands,
 * and what has been written before.
 *
 * A Map, a Set, and an object whose encoding is longer than 1,024 bytes stand in their parent as the
 * digest of that encoding. So that digest can be remembered, and structure that is shared a million
 * times over costs no more than its parts, yet the bytes depend on values alone: a shared object and
 * its copies look alike.
 *
 * @module
 */

import type { AnyFunction } from "../code/syntax/parse.ts";
import { describe } from "../describe.ts";
import { type CacheError, isCacheError } from "../errors.ts";
import { pathText, type Step } from "./path.ts";
import { Sink } from "./sink.ts";
import { isStackOverflow } from "./stack.ts";
import { Tag } from "./tag.ts";
import { unhashable } from "./unhashable.ts";

/** Writes the encoding of any value into the sink of a walk. */
export type WriteValue = (walk: Walk, value: unknown) => void;

/** Where an object comes from. */
export interface Lineage {
  /** The digest of the names and code of its classes. */
  readonly digest: Buffer;
  /** The built-in class at their end; null where there is none. */
  readonly base: string | null;
  /** One of the classes that has private state. */
  readonly secretive: AnyFunction | undefined;
}

/** How a pass writes functions and classes, which it does not look into itself. */
export interface FunctionWriter {
  /** Writes a function or class that is a value. */
  readonly value: (walk: Walk, fn: AnyFunction) => void;
  /** Writes the code of a class that an object is of, which is given if its state must be visible. */
  readonly maker: (walk: Walk, maker: AnyFunction, object?: object) => void;
}

/**
 * What makes a pass one over captured values: it runs no code of theirs, puts a mark in place of
 * what cannot be hashed, and gives up a value beyond a number of bytes.
 */
export interface Leniency {
  /** Told of each part that the mark stands for. */
  readonly leftOut: (path: string, why: string) => void;
  /** Writes the mark in place of an object, and what is known of it all the same. */
  readonly writeMark: (object: object) => void;
  /** So many encoded bytes may one value have, without the memory of arrays. */
  readonly maxBytes: number;
}

const INLINE_BYTES = 1024;
const FORCED = -1;
const PLAIN_DATA = "pass plain data instead";
// Objects in a cycle cannot be remembered, as their encoding depends on the way to them, and the
// number of ways can be exponential: beyond this many visits to known objects the pass gives up.
const MAX_REVISITS = 100_000;
// The usual stack of 1 MB ends at 1,000 to 3,500 levels, depending on what is nested; a limit of our
// own makes the answer the same wherever there is room.
const MAX_DEPTH = 1000;
// Reading captured values takes more of the stack for each level, and must not fail.
const MAX_CAPTURED_DEPTH = 400;
const TOO_DEEP = "is nested too deeply for the stack";

/** The state of one pass, reused by later ones. */
export class Walk {
  /** Where the encoding goes. */
  readonly sink: Sink = new Sink();
  /** Digests of large arrays' bytes, by the array, for one that stands in many places. */
  readonly arrays: Map<object, Buffer> = new Map();

  /** How functions are written. */
  readonly functions: FunctionWriter;
  /** Whether reading a property must run no code, neither getters nor traps of proxies. */
  readonly inert: boolean;

  readonly #maxDepth: number;
  readonly #write: WriteValue;
  readonly #leniency: Leniency | undefined;
  readonly #objects: object[] = [];
  readonly #steps: Step[] = [];
  readonly #digests = new Map<object, Buffer>();
  readonly #classes = new Map<object, Lineage>();
  readonly #tangled = new Set<object>();
  #root = "";
  #revisits = 0;
  // The depth of the outermost ancestor that was referred to since this was last reset.
  #reach = Number.POSITIVE_INFINITY;

  // Of lenient passes: what was refused last, and the count of bytes at which to give up.
  #reason = "";
  #end = Number.POSITIVE_INFINITY;

  constructor(write: WriteValue, functions: FunctionWriter, leniency?: Leniency) {
    this.#write = write;
    this.functions = functions;
    this.inert = leniency !== undefined;
    this.#leniency = leniency;
    this.#maxDepth = this.inert ? MAX_CAPTURED_DEPTH : MAX_DEPTH;
  }

  /** The digest of a value, which messages call `root`. */
  run(value: unknown, root: string): Buffer {
    this.#root = root;
    return this.digest(value);
  }

  /** The same for a captured value; undefined, and left out, when it is too large. */
  runCaptured(value: unknown, root: string, { leftOut, maxBytes }: Leniency): Buffer | undefined {
    const { frames, digested } = this.sink;
    this.#end = digested + maxBytes;
    try {
      return this.run(value, root);
    } catch (error) {
      const isDeep = isStackOverflow(error);
      if (!isDeep && !this.#isTooLarge()) throw error;
      this.sink.unwind(frames);
      this.#objects.length = 0;
      leftOut(
        root,
        isDeep ? TOO_DEEP : `is larger than ${maxBytes / 2 ** 20} MiB, arrays not counted`,
      );
      return undefined;
    } finally {
      this.#end = Number.POSITIVE_INFINITY;
    }
  }

  /** Writes about an object, from which paths start as `root`. */
  about<T extends object>(owner: T, root: string, write: (walk: Walk, owner: T) => void): void {
    this.#root = root;
    const { frames } = this.sink;
    try {
      this.object(owner, write);
    } catch (error) {
      if (this.#leniency === undefined || !isStackOverflow(error)) throw error;
      this.sink.unwind(frames);
      this.#objects.length = 0;
      this.sink.byte(Tag.leftOut);
      this.#leniency.leftOut(root, TOO_DEEP);
    }
  }

  /** The path to where the pass stands. */
  path(): string {
    return pathText(this.#root, this.#objects, this.#steps.slice(0, this.#objects.length));
  }

  /** Drops every reference to what was walked. */
  reset(): void {
    this.sink.reset();
    for (const memory of [this.arrays, this.#classes, this.#digests, this.#tangled]) {
      if (memory.size > 0) memory.clear();
    }
    if (this.#objects.length > 0) this.#objects.length = 0;
    if (this.#steps.length > 0) this.#steps.length = 0;
    this.#revisits = 0;
    this.#reach = Number.POSITIVE_INFINITY;
  }

  /** Writes a part of the object that is being written. */
  part(step: Step, value: unknown): void {
    this.#steps[this.#objects.length - 1] = step;
    this.#write(this, value);
  }

  /** The digest of what `write` writes, in place of the bytes. */
  framed(write: () => void): Buffer {
    this.sink.open(FORCED);
    write();
    // A frame that is never kept always has a digest.
    return this.sink.close() as Buffer;
  }

  /** The digest of what is written for a value. */
  digest(value: unknown): Buffer {
    return this.framed(() => this.#write(this, value));
  }

  /**
   * Writes an object through `write`, or what stands for it: the distance to an ancestor that is the
   * same object, or its digest.
   */
  object<T extends object>(value: T, write: (walk: Walk, value: T) => void): void {
    if (this.#isKnown(value)) return;
    const depth = this.#objects.push(value) - 1;
    if (depth === this.#maxDepth) throw this.nestedTooDeeply();
    const outerReach = this.#reach;
    this.#reach = Number.POSITIVE_INFINITY;
    if (depth > 0) this.sink.open(INLINE_BYTES);

    if (this.#leniency === undefined) write(this, value);
    else this.#tryWrite(value, write, this.#leniency);

    this.#objects.pop();
    const closed = this.#reach >= depth;
    const digest = depth > 0 ? this.sink.close() : undefined;
    if (digest !== undefined) {
      this.sink.byte(Tag.digest);
      this.sink.raw(digest);
      if (closed) this.#digests.set(value, digest);
    }
    if (!closed) this.#tangled.add(value);
    this.#reach = Math.min(outerReach, this.#reach);
  }

  /** What `find` finds out about a class, once unless that refers to an object being written. */
  lineage(prototype: object, find: () => Lineage): Lineage {
    const known = this.#classes.get(prototype);
    if (known !== undefined) return known;
    const outerReach = this.#reach;
    this.#reach = Number.POSITIVE_INFINITY;
    const lineage = find();
    if (this.#reach >= this.#objects.length) this.#classes.set(prototype, lineage);
    this.#reach = Math.min(outerReach, this.#reach);
    return lineage;
  }

  /** The error for a value that has no digest: the current object, or a part of it. */
  refusal(
    value: unknown,
    reason: string,
    advice: string = PLAIN_DATA,
    cause?: unknown,
  ): CacheError {
    this.#reason = `${describe(value)} ${reason}`;
    const depth = this.#objects.length;
    const steps = this.#steps.slice(0, this.#objects[depth - 1] === value ? depth - 1 : depth);
    const path = pathText(this.#root, this.#objects, steps);
    const message = `Cannot hash ${path}: ${describe(value)} ${reason}; ${advice}`;
    return unhashable(message, path, cause);
  }

  /** The error for a value that is deeper than the stack. */
  nestedTooDeeply(cause?: unknown): CacheError {
    const path = pathText(this.#root, this.#objects, this.#steps);
    this.#reason = "is nested too deeply";
    const message =
      `Cannot hash ${this.#root}: ${path} is nested too deeply (${this.#objects.length} levels, ` +
      `of at most ${this.#maxDepth} where the stack allows them); pass flatter data, such as an array`;
    return unhashable(message, path, cause);
  }

  /** Leaves out something about the current object: with a mark where that is done, else an error. */
  leaveOut(value: unknown, reason: string, advice?: string): void {
    const error = this.refusal(value, reason, advice);
    if (this.#leniency === undefined) throw error;
    this.sink.byte(Tag.hidden);
    this.#leniency.leftOut(error.path ?? this.#root, this.#reason);
  }

  /** Writes an object, or a mark in its place where it is refused. */
  #tryWrite<T extends object>(
    value: T,
    write: (walk: Walk, value: T) => void,
    { leftOut, writeMark }: Leniency,
  ): void {
    const { frames } = this.sink;
    const depth = this.#objects.length;
    try {
      if (this.#isTooLarge()) throw this.refusal(value, "is too much");
      write(this, value);
    } catch (error) {
      if (!isCacheError(error, "ERR_UNHASHABLE") || this.#isTooLarge()) throw error;
      this.sink.unwind(frames);
      this.#objects.length = depth;
      leftOut(error.path ?? this.#root, this.#reason);
      writeMark(value);
    }
  }

  #isTooLarge(): boolean {
    return this.sink.digested > this.#end;
  }

  #isKnown(value: object): boolean {
    const ancestor = this.#objects.lastIndexOf(value);
    if (ancestor !== -1) {
      this.sink.byte(Tag.ancestor);
      this.sink.uint64(this.#objects.length - ancestor);
      this.#reach = Math.min(this.#reach, ancestor);
      return true;
    }
    const digest = this.#digests.get(value);
    if (digest !== undefined) {
      this.sink.byte(Tag.digest);
      this.sink.raw(digest);
      return true;
    }
    if (this.#tangled.has(value) && ++this.#revisits > MAX_REVISITS) {
      throw this.refusal(value, "is part of cycles that cross in too many ways");
    }
    return false;
  }
}
