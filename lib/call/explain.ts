/**
 * Why a call hits or misses.
 *
 * @module
 */

import { inspect } from "node:util";
import type { LeftOut } from "../hash/code/code.ts";
import { compareCode, type RecordedCode } from "../hash/code/code-difference.ts";
import { digestValue } from "../hash/hash.ts";
import type { EntryKey } from "../store/layout.ts";
import { errorMessage } from "../warning.ts";
import { IGNORED } from "./arguments/normal-form.ts";
import type { Entries, EntryManifest, PartedKey, StoredEntry } from "./entries/entries.ts";
import { type Flow, wait } from "./flow.ts";
import type { LookUp } from "./look-up.ts";

/** One thing that a call and an entry do not have in common. */
export interface Difference {
  /** What differs: an argument, the receiver, the number of arguments, or the code. */
  readonly kind: "argument" | "receiver" | "count" | "key" | "code";
  /** Its name, such as `x`, `this`, or that of a helper function. */
  readonly name: string;
  /** What differs about it, in words. */
  readonly text: string;
}

/** An entry that is nearly the one that was asked for. */
export interface NearEntry extends EntryKey {
  /** Where it lies. */
  readonly path: string;
  /** When its value was computed, in seconds since 1970. */
  readonly time: number;
  /** What keeps it from being a hit: fewest first among the entries. */
  readonly differences: readonly Difference[];
}

/** Why a call hits or misses. Printing it gives text for people. */
export interface Explanation extends EntryKey {
  /** Whether the call would be a hit. */
  readonly hit: boolean;
  /** The reason, in one sentence. */
  readonly reason: string;
  /** Where the entry is, or would be. */
  readonly path: string;
  /** For a miss: the entries of the function that are most alike, at most three. */
  readonly nearest: readonly NearEntry[];
  /** What the function refers to that is not part of the key. */
  readonly leftOut: readonly LeftOut[];
  /** All of it as text. */
  toString(): string;
}

/** What is known of the call that is explained. */
export interface AskedCall {
  readonly key: PartedKey;
  /** A bounded text for each argument. */
  readonly inputArgs: readonly string[];
  /** What messages call an argument. */
  readonly nameOf: (position: number) => string;
  readonly record: RecordedCode;
  readonly leftOut: readonly LeftOut[];
}

const MOST_COMPARED = 1000;
const MOST_SHOWN = 3;

/** Explains a call by its entry, or by the entries there are. */
export function* explain(entries: Entries, lookUp: LookUp, asked: AskedCall): Flow<Explanation> {
  const { key, leftOut } = asked;
  const { functionId, codeId, argsId } = key;
  const common = { functionId, codeId, argsId, path: entries.path(key), leftOut };
  const found = yield* stateOf(entries, lookUp, key);
  if (typeof found === "object") {
    const reason = `the value was computed at ${timeText(found.metadata.time)}`;
    return new Explained({ ...common, hit: true, reason, nearest: [] });
  }

  const nearest: NearEntry[] = [];
  for (const { manifest, path } of yield* alike(entries, key)) {
    const { functionId, codeId, argsId } = manifest.key;
    const differences = argumentDifferences(asked, manifest.key.parts, manifest.metadata.inputArgs);
    if (codeId !== key.codeId) {
      const record = yield* wait(entries.codeRecord(manifest.key));
      differences.unshift(...codeDifferences(record, asked.record));
    }
    const { time } = manifest.metadata;
    if (argsId !== key.argsId || codeId !== key.codeId) {
      nearest.push({ functionId, codeId, argsId, path, time, differences });
    }
  }
  const reason = found ?? missReason(functionId, nearest);
  return new Explained({ ...common, hit: false, reason, nearest });
}

/** Explains any call where there is no store. */
export function explainNoStore(functionId: string): Explanation {
  const reason = "the Memory has no location: nothing is stored";
  const none = { codeId: "", argsId: "", path: "", nearest: [], leftOut: [] };
  return new Explained({ ...none, functionId, hit: false, reason });
}

/** The entry of a key, or what is wrong with it, or `undefined` where there is none. */
function* stateOf(
  entries: Entries,
  lookUp: LookUp,
  key: PartedKey,
): Flow<EntryManifest | string | undefined> {
  let manifest: EntryManifest | undefined;
  try {
    manifest = yield* wait(entries.read(key, false));
    if (!manifest) return undefined;
    if (!(yield* wait(entries.isWhole(key, manifest)))) {
      return "files of its entry are missing or have a wrong size";
    }
  } catch (error) {
    return `its entry cannot be read: ${errorMessage(error)}`;
  }
  if (yield* lookUp.isValid(manifest)) return manifest;
  return "cacheValidationCallback does not accept its entry";
}

/** The entries that have most in common with a key. */
function* alike(entries: Entries, key: PartedKey): Flow<StoredEntry[]> {
  const best: { readonly entry: StoredEntry; readonly distance: number }[] = [];
  let compared = 0;
  const listed = entries.list(key.functionId);
  const take = (entry: StoredEntry): boolean => {
    best.push({ entry, distance: distance(key, entry.manifest.key) });
    best.sort((a, b) => a.distance - b.distance || b.entry.lastUsed - a.entry.lastUsed);
    best.length = Math.min(best.length, MOST_SHOWN);
    return ++compared < MOST_COMPARED;
  };
  if (Symbol.iterator in listed) {
    for (const entry of listed) if (!take(entry)) break;
  } else {
    yield* wait(takeAll(listed, take));
  }
  return best.map(({ entry }) => entry);
}

async function takeAll(
  listed: AsyncIterable<StoredEntry>,
  take: (entry: StoredEntry) => boolean,
): Promise<void> {
  for await (const entry of listed) if (!take(entry)) break;
}

/** How many things differ. */
function distance(asked: PartedKey, { codeId, parts }: PartedKey): number {
  const length = Math.max(asked.parts.length, parts.length);
  let differing = codeId === asked.codeId ? 0 : 1;
  for (let i = 0; i < length; i++) if (asked.parts[i] !== parts[i]) differing++;
  return differing;
}

function argumentDifferences(
  { key, inputArgs, nameOf }: AskedCall,
  parts: readonly string[],
  texts: readonly string[],
): Difference[] {
  const [here, there] = [argumentsOf(key.parts), argumentsOf(parts)];
  const differences: Difference[] = [];
  if (here.key !== there.key) {
    const text =
      here.key && there.key ? "the value of the option key differs" : "the option key was not used";
    differences.push({
      kind: "key",
      name: "key",
      text: here.key ? text : "the option key was used",
    });
    return differences;
  }
  if (here.receiver !== there.receiver) {
    const text = here.ignoresThis !== there.ignoresThis ? "this is ignored in one" : "this differs";
    differences.push({ kind: "receiver", name: "this", text });
  }
  if (here.args.length !== there.args.length) {
    const text = `${here.args.length} arguments count here, and ${there.args.length} there`;
    differences.push({ kind: "count", name: "arguments", text });
  }
  for (let i = 0; i < Math.min(here.args.length, there.args.length); i++) {
    if (here.args[i] === there.args[i]) continue;
    const name = nameOf(i);
    const told = argumentText(inputArgs[i], texts[i], [here.args[i], there.args[i]]);
    const text = `${name} ${told}`;
    differences.push({ kind: "argument", name, text });
  }
  return differences;
}

/** The parts of a key by what they are; their first letters tell. */
function argumentsOf(parts: readonly string[]): {
  readonly key: string | undefined;
  readonly receiver: string | undefined;
  readonly ignoresThis: boolean;
  readonly args: readonly string[];
} {
  return {
    key: parts.find((part) => part.startsWith("k")),
    receiver: parts.find((part) => /^[ti]/.test(part)),
    ignoresThis: parts.includes("i"),
    args: parts.filter((part) => part.startsWith("a")),
  };
}

let ignoredDigest: string | undefined;

/** The part of a key for an argument that is ignored as a whole. */
function ignoredPart(): string {
  ignoredDigest ??= digestValue(IGNORED, "");
  return `a${ignoredDigest}`;
}

function argumentText(
  here: string | undefined,
  there: string | undefined,
  [hereIs = "", thereIs = ""]: readonly (string | undefined)[],
): string {
  if (hereIs === ignoredPart()) return "is ignored, and was not";
  if (thereIs === ignoredPart()) return "was ignored, and is not";
  // What was not given has the default of the parameter in the key.
  if (here === undefined) return `is left out, and was ${there}`;
  if (there === undefined) return `is ${here}, and was left out`;
  const [kind] = /^\w+\(\d+\)/.exec(here) ?? [];
  if (kind !== undefined && there.startsWith(kind)) {
    return `is ${here}, and was ${there}: class and length are equal, the content differs`;
  }
  if (here !== there) return `is ${here}, and was ${there}`;
  // Of these a text says everything but what is inside.
  const digests = `(digest ${digestOf(hereIs)}, and was ${digestOf(thereIs)})`;
  if (/^ndarray \S+ \(/.test(here)) {
    return `is ${here} in both: dtype, shape and order are equal, the data differs ${digests}`;
  }
  if (/^(Table|RecordBatch|Vector) \d/.test(here)) {
    return `is ${here} in both: the size is equal, the data differs, or names and types ${digests}`;
  }
  return `looks alike, ${here}, but its content differs, or what is ignored of it`;
}

/** The digest of an argument, as `hash` begins it. */
function digestOf(part: string): string {
  return `${part.slice(1, 9)}…`;
}

function codeDifferences(there: RecordedCode | undefined, here: RecordedCode): Difference[] {
  const found = there ? compareCode(there, here) : [];
  if (found.length > 0) return found.map(({ name, text }) => ({ kind: "code", name, text }));
  return [{ kind: "code", name: "code", text: "the code differs" }];
}

function missReason(functionId: string, nearest: readonly NearEntry[]): string {
  const [first] = nearest;
  if (!first) return `there is no entry of ${functionId}`;
  return `no entry has this key; of the nearest, ${first.differences.map(({ text }) => text).join("; ")}`;
}

function timeText(seconds: number): string {
  return new Date(1000 * seconds).toISOString();
}

class Explained implements Explanation {
  declare readonly functionId: string;
  declare readonly codeId: string;
  declare readonly argsId: string;
  declare readonly hit: boolean;
  declare readonly reason: string;
  declare readonly path: string;
  declare readonly nearest: readonly NearEntry[];
  declare readonly leftOut: readonly LeftOut[];

  constructor(fields: Omit<Explanation, "toString">) {
    Object.assign(this, fields);
  }

  toString(): string {
    const lines = [`${this.hit ? "Hit" : "Miss"}: ${this.reason}`, `  entry: ${this.path}`];
    for (const { path, time, differences } of this.nearest) {
      lines.push(`  nearest: ${path} of ${timeText(time)}`);
      for (const { text } of differences) lines.push(`    - ${text}`);
    }
    for (const { name, why } of this.leftOut) lines.push(`  not in the key: ${name} ${why}`);
    return lines.join("\n");
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
