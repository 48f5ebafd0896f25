/**
 * What a function refers to, as a value that JSON keeps, and back.
 *
 * @module
 */

import { isFields, isText, texts } from "./encoded.ts";
import type { References } from "./reference.ts";

const SETS = ["written", "assigned", "read", "filled", "whole", "modules"] as const;
const FLAGS = ["usesThis", "evaluates"] as const;

/** What {@link decodeReferences} reads. */
export function encodeReferences(references: References): unknown {
  const encoded: Record<string, unknown> = {};
  // Most are empty.
  for (const name of SETS) if (references[name].size > 0) encoded[name] = [...references[name]];
  for (const name of FLAGS) if (references[name]) encoded[name] = true;
  const members = [...references.members].map(([name, set]) => [name, ...set]);
  return members.length > 0 ? { ...encoded, members } : encoded;
}

/** What a function refers to; undefined for a value that was not encoded from that. */
export function decodeReferences(encoded: unknown): References | undefined {
  if (!isFields(encoded)) return undefined;
  const { members: pairs = [], ...rest } = encoded;
  const sets = SETS.map((name) => texts(rest[name] ?? []));
  const flags = FLAGS.map((name) => rest[name] ?? false);
  const [written, assigned, read, filled, whole, modules] = sets;
  const [usesThis, evaluates] = flags;
  if (!written || !assigned || !read || !filled || !whole || !modules) return undefined;
  if (typeof usesThis !== "boolean" || typeof evaluates !== "boolean") return undefined;
  if (!Array.isArray(pairs)) return undefined;
  const members = new Map<string, ReadonlySet<string>>();
  for (const pair of pairs) {
    const [name, ...names] = texts(pair) ?? [];
    if (!isText(name)) return undefined;
    members.set(name, new Set(names));
  }
  return {
    written: new Set(written),
    assigned: new Set(assigned),
    read: new Set(read),
    filled: new Set(filled),
    members,
    whole: new Set(whole),
    modules: new Set(modules),
    usesThis,
    evaluates,
  };
}
