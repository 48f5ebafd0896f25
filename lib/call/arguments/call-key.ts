/**
 * The key of a call: which function, which code, which arguments.
 *
 * @module
 */

import type { Bound } from "../../code/inspector/bound.ts";
import { claimCode } from "../../code/origin/live.ts";
import { usesThis } from "../../code/syntax/scope.ts";
import { type Code, codeOf } from "../../hash/code/code.ts";
import type { RecordedCode } from "../../hash/code/code-difference.ts";
import { codeRecord } from "../../hash/code/code-record.ts";
import { digestValue } from "../../hash/hash.ts";
import { digestBytes } from "../../hash/xxh3.ts";
import type { PartedKey } from "../entries/entries.ts";
import { secondsSince } from "../seconds.ts";
import type { AnyFunction, Identity, Settings } from "../settings.ts";
import type { CountedArguments } from "./arguments.ts";
import type { KeptSources } from "./kept-sources.ts";

/** The key of a call that was made, and what it cost. */
export interface AskedKey {
  readonly key: PartedKey;
  /** How long hashing took, in seconds. */
  readonly hashSeconds: number;
}

/** Makes the keys of one function's calls; those of a bound function are the keys of what was bound. */
export class CallKeys {
  /** The function whose code counts: of a bound one, the one inside. */
  readonly func: AnyFunction;
  readonly #identity: Identity;
  readonly #settings: Settings;
  readonly #arguments: CountedArguments;
  readonly #bound: Bound | undefined;
  readonly #place: string;
  readonly #sources: KeptSources;
  #code: { readonly code: Code; readonly usesThis: boolean } | undefined;

  constructor(
    func: AnyFunction,
    identity: Identity,
    settings: Settings,
    counted: CountedArguments,
    bound: Bound | undefined,
    place: string,
    sources: KeptSources,
  ) {
    this.func = func;
    this.#identity = identity;
    this.#settings = settings;
    this.#arguments = counted;
    this.#bound = bound;
    this.#place = place;
    this.#sources = sources;
  }

  /**
   * The key of a call.
   *
   * @throws CacheError `ERR_UNHASHABLE`, `ERR_AMBIGUOUS_FUNCTION`.
   */
  of(receiver: unknown, args: readonly unknown[]): AskedKey {
    return this.#sources.isOpen
      ? this.#sources.during(() => this.#of(receiver, args))
      : this.#of(receiver, args);
  }

  #of(receiver: unknown, args: readonly unknown[]): AskedKey {
    const start = performance.now();
    const { code, usesThis } = this.#codeOf();
    const it = this.#bound ? this.#bound.receiver : receiver;
    const parts = this.#parts(it, this.all(args), usesThis);
    const argsId = digestBytes(Buffer.from(parts.join("")));
    const key = { functionId: this.#identity.functionId, codeId: code.codeId, argsId, parts };
    return { key, hashSeconds: secondsSince(start) };
  }

  /** Whether the receiver of a call is part of its key; that of a bound function is known. */
  get usesThis(): boolean {
    return this.#bound === undefined && this.#codeOf().usesThis;
  }

  /** The arguments that the function gets: a bound one holds the first of them. */
  all(args: readonly unknown[]): readonly unknown[] {
    return this.#bound ? [...this.#bound.args, ...args] : args;
  }

  /** The code of the function. */
  get code(): Code {
    return this.#codeOf().code;
  }

  /** The code in short, with its source. */
  record(): RecordedCode {
    const source = Function.prototype.toString.call(this.func);
    return { ...codeRecord(this.func, this.#settings), source };
  }

  /** Called when the store has an entry of the function: what was read of its sources is kept there. */
  settle(): void {
    this.#sources.settle();
  }

  /** What messages call an argument, by its position among those that count. */
  nameOf(position: number): string {
    return this.#arguments.nameOf(position);
  }

  /** The digest of each part, each behind a letter that tells what it is. */
  #parts(receiver: unknown, args: readonly unknown[], usesThis: boolean): string[] {
    const { key } = this.#settings;
    if (key) {
      // Two ways to make a key may make equal keys of different calls.
      const { codeId } = codeOf(key, this.#settings.track);
      return [`k${codeId}${digestValue(Reflect.apply(key, undefined, args), "key(…)")}`];
    }

    const parts: string[] = [];
    // Says so, or the same function without the option would find the entries.
    if (this.#arguments.ignoresThis) parts.push("i");
    else if (usesThis && receiver !== undefined) parts.push(`t${digestValue(receiver, "this")}`);
    const counted = this.#arguments.normalise(args);
    for (let i = 0; i < counted.length; i++) {
      parts.push(`a${digestValue(counted[i], rootOf(i))}`);
    }
    return parts;
  }

  #codeOf(): { readonly code: Code; readonly usesThis: boolean } {
    if (!this.#code) {
      const code = this.#sources.during(() => codeOf(this.func, this.#settings));
      if (!code.complete) claimCode(this.#identity.functionId, code.codeId, this.func, this.#place);
      const isReceiverKey = !this.#arguments.ignoresThis && !this.#settings.key;
      const isReceived = isReceiverKey && this.#sources.during(() => usesThis(this.func));
      this.#code = { code, usesThis: isReceived };
    }
    return this.#code;
  }
}

const roots = Array.from({ length: 8 }, (_, i) => `args[${i}]`);

function rootOf(index: number): string {
  return roots[index] ?? `args[${index}]`;
}
