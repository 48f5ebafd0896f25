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
import { digestText } from "../../hash/xxh3.ts";
import type { PartedKey } from "../entries/entries.ts";
import { secondsSince } from "../seconds.ts";
import type { AnyFunction, Identity, Settings } from "../settings.ts";
import type { CountedArguments } from "./arguments.ts";
import type { KeptSources } from "./kept-sources.ts";
import { argumentsText, RecentKeys } from "./recent-keys.ts";

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
  readonly #recent = new RecentKeys<AskedKey>();
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
    const text = this.#isOfArguments(receiver) ? argumentsText(args) : undefined;
    const known = text === undefined ? undefined : this.#recent.get(text);
    if (known !== undefined) return known;
    const asked = this.#sources.during(() => this.#of(receiver, args));
    if (text !== undefined) this.#recent.set(text, args, { key: asked.key, hashSeconds: 0 });
    return asked;
  }

  /** Whether the arguments that are given to a call alone make its key. */
  #isOfArguments(receiver: unknown): boolean {
    const code = this.#code;
    if (code === undefined || (code.usesThis && receiver !== undefined)) return false;
    return this.#bound === undefined && !this.#settings.key;
  }

  #of(receiver: unknown, args: readonly unknown[]): AskedKey {
    const start = performance.now();
    const { code, usesThis } = this.#codeOf();
    const it = this.#bound ? this.#bound.receiver : receiver;
    const parts = this.#parts(it, this.all(args), usesThis);
    const argsId = digestText(parts.join(""));
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
    const record = this.#sources.during(() => codeRecord(this.func, this.#settings));
    return { ...record, source };
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
    this.#code ??= this.#sources.during(() => this.#readCode());
    return this.#code;
  }

  #readCode(): { readonly code: Code; readonly usesThis: boolean } {
    const code = codeOf(this.func, this.#settings);
    if (!code.complete) claimCode(this.#identity.functionId, code.codeId, this.func, this.#place);
    const isReceiverKey = !this.#arguments.ignoresThis && !this.#settings.key;
    return { code, usesThis: isReceiverKey && usesThis(this.func) };
  }
}

const roots = Array.from({ length: 8 }, (_, i) => `args[${i}]`);

function rootOf(index: number): string {
  return roots[index] ?? `args[${index}]`;
}
