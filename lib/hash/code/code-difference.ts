/**
 * What is different between the code of a function then and now, from records and source texts.
 *
 * @module
 */

import type { CodeRecord } from "./code-record.ts";
import type { Reached } from "./findings.ts";

/** One difference. */
export interface CodeDifference {
  readonly kind: "own" | "track" | "changed" | "added" | "gone" | "unknown";
  /** What is different: the name of something reached, or a package; empty for the function itself. */
  readonly name: string;
  /** The whole as a sentence without its end: ``helper `scale` (lib/h.ts:12) changed``. */
  readonly text: string;
}

/** A record, with the source text where it is at hand. */
export type RecordedCode = CodeRecord & { readonly source?: string | undefined };

/** The differences from an earlier code of a function to a later one; none where the ids are equal. */
export function compareCode(before: RecordedCode, after: RecordedCode): CodeDifference[] {
  if (before.codeId === after.codeId) return [];
  const found: CodeDifference[] = [];
  if (before.track !== after.track) {
    const text = `${trackText(before)} counted as the code, now ${trackText(after)} does`;
    found.push({ kind: "track", name: "", text });
  }
  if (before.own !== null && after.own !== null && before.own !== after.own) {
    const text = `the function's own source changed${placeOfChange(before, after)}`;
    found.push({ kind: "own", name: "", text });
  }
  found.push(...compareReached(before, after), ...comparePackages(before, after));
  if (found.length === 0) {
    const text = "something changed that the records do not tell, such as a property of a function";
    found.push({ kind: "unknown", name: "", text });
  }
  return found;
}

function trackText({ track }: CodeRecord): string {
  return track === "version" ? "a version" : `track: "${track}"`;
}

/** The first line that is different. */
function placeOfChange(before: RecordedCode, after: RecordedCode): string {
  if (before.source === undefined || after.source === undefined) return "";
  const earlier = before.source.split(/\r?\n/);
  const later = after.source.split(/\r?\n/);
  const line = later.findIndex((text, i) => text.trim() !== earlier[i]?.trim());
  return ` (line ${(line === -1 ? later.length : line) + 1})`;
}

function compareReached(before: CodeRecord, after: CodeRecord): CodeDifference[] {
  const earlier = byName(before);
  const later = byName(after);
  const found: CodeDifference[] = [];
  for (const [name, now] of later) {
    const then = earlier.get(name);
    if (then !== undefined && !isSame(then, now)) {
      found.push({ kind: "changed", name, text: changeText(then, now) });
    }
  }
  // A list that was cut does not tell what is not on it.
  if (before.cut || after.cut) return found;
  // What is reached by another way than before is neither new nor gone.
  const added = [...later.values()].filter(({ name }) => !earlier.has(name));
  const gone = [...earlier.values()].filter(({ name }) => !later.has(name));
  for (const one of withoutMoved(added, gone)) {
    found.push({ kind: "added", name: one.name, text: `${title(one)} is new${valueText(one)}` });
  }
  for (const one of withoutMoved(gone, added)) {
    const text = `${title(one)} is no longer used${valueText(one, "was ")}`;
    found.push({ kind: "gone", name: one.name, text });
  }
  return found;
}

function byName({ reached }: CodeRecord): Map<string, Reached> {
  return new Map(reached.filter(({ kind }) => kind !== "package").map((one) => [one.name, one]));
}

function isSame(a: Reached, b: Reached): boolean {
  return a.kind === b.kind && a.id === b.id;
}

function withoutMoved(some: readonly Reached[], others: readonly Reached[]): Reached[] {
  return some.filter(
    (one) => one.kind === "constant" || !others.some((other) => isSame(one, other)),
  );
}

function changeText(then: Reached, now: Reached): string {
  if (then.kind !== now.kind) {
    return `\`${now.name}\` was a ${kindText(then)}, is a ${kindText(now)}`;
  }
  if (now.kind !== "constant" || isDigest(then.id) || isDigest(now.id)) {
    return `${title(now)} changed`;
  }
  return `${title(now)} was ${then.id}, is ${now.id}`;
}

function title(one: Reached): string {
  const { name, file, line } = one;
  const place = file !== undefined && line !== undefined ? `${file}:${line}` : (file ?? "");
  const where = place || (line === undefined ? "" : `line ${line}`);
  return `${kindText(one)} \`${name}\`${where && ` (${where})`}`;
}

function kindText({ kind }: Reached): string {
  return kind === "function" ? "helper" : kind;
}

function valueText({ kind, id }: Reached, verb = ""): string {
  return kind === "constant" && !isDigest(id) ? `, ${verb}${id}` : "";
}

function isDigest(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

/** Packages count by name: how many things of a package are used does not matter to a reader. */
function comparePackages(before: CodeRecord, after: CodeRecord): CodeDifference[] {
  const earlier = versions(before);
  const later = versions(after);
  const found: CodeDifference[] = [];
  for (const [name, now] of later) {
    const then = earlier.get(name);
    if (then === undefined) {
      found.push({ kind: "added", name, text: `package ${name} ${now} is new` });
    } else if (then !== now) {
      found.push({ kind: "changed", name, text: `package ${name} ${then} -> ${now}` });
    }
  }
  for (const [name, then] of earlier) {
    const text = `package ${name} ${then} is no longer used`;
    if (!later.has(name)) found.push({ kind: "gone", name, text });
  }
  const isCut = before.cut || after.cut;
  return found.filter(({ kind }) => kind === "changed" || !isCut);
}

/** The versions of each package, `, ` between several. */
function versions({ reached }: CodeRecord): Map<string, string> {
  const sets = new Map<string, Set<string>>();
  for (const { kind, id } of reached) {
    if (kind !== "package") continue;
    const at = id.lastIndexOf("@");
    const name = id.slice(0, at);
    sets.set(name, (sets.get(name) ?? new Set()).add(id.slice(at + 1)));
  }
  return new Map([...sets].map(([name, set]) => [name, [...set].sort().join(", ")]));
}
