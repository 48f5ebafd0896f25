/**
 * The entries that a user means by a key: the beginning of an argument digest, or a function.
 *
 * @module
 */

import type { Entries, StoredEntry } from "../call/entries/entries.ts";
import { beginningOf } from "./beginning.ts";
import { findFunction, functionsNamed } from "./find-function.ts";
import { safeText } from "./safe-text.ts";
import { UsageError } from "./usage-error.ts";

/** So many entries are named where one was meant. */
export const MOST_FOUND = 20;
const BEHIND = "give more of the key, or the function behind it";

/**
 * The one entry of a key: a function, or the beginning of an argument digest, which a beginning of
 * the code's digest and a slash may precede.
 *
 * @param name a function that it has to be of.
 * @throws UsageError where there is none, or more than one: then with a list of them.
 */
export async function findEntry(
  entries: Entries,
  key: string,
  name: string | undefined,
): Promise<StoredEntry> {
  const isOf = beginningOf(key);
  const named = name === undefined ? await functionsNamed(entries, key) : [];
  const isFunction = named.length > 0;
  if (!isFunction && isOf === undefined) throw nothing(key);
  const only = name === undefined ? undefined : await findFunction(entries, name);
  const found: StoredEntry[] = [];
  for (const functionId of isFunction ? named : [only]) {
    for await (const entry of entries.list(functionId)) {
      if (!isFunction && !isOf?.(entry.manifest.key)) continue;
      found.push(entry);
      if (found.length > MOST_FOUND) throw severalEntries(found, key, BEHIND);
    }
  }
  const [first] = found;
  if (first === undefined) throw nothing(key);
  if (found.length > 1) throw severalEntries(found, key, BEHIND);
  return first;
}

function nothing(key: string): UsageError {
  return new UsageError(
    `There is no entry ${safeText(key)}: give the beginning of a key, or a function, of ndmemo ls`,
  );
}

/** The error for a key of several entries; names the first ones. */
export function severalEntries(
  found: readonly StoredEntry[],
  key: string,
  hint: string,
): UsageError {
  const shown = found.slice(0, MOST_FOUND).map(({ manifest }) => {
    const { argsId, codeId, functionId } = manifest.key;
    return `\n  ${codeId.slice(0, 8)}/${argsId}  ${safeText(functionId)}`;
  });
  const more = found.length > MOST_FOUND ? "\n  …" : "";
  return new UsageError(`Several entries are ${safeText(key)}: ${hint}${shown.join("")}${more}`);
}
