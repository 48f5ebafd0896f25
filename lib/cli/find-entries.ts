/**
 * The entries that a user means by the beginnings of their keys, to be removed: no function stands
 * for its entry here, since its name may as well be the beginning of another one's key.
 *
 * @module
 */

import type { Entries, StoredEntry } from "../call/entries/entries.ts";
import type { EntryKey } from "../store/layout.ts";
import { beginningOf } from "./beginning.ts";
import { MOST_FOUND, severalEntries } from "./find-entry.ts";
import { findFunction } from "./find-function.ts";
import { safeText } from "./safe-text.ts";
import { UsageError } from "./usage-error.ts";

/** The beginning of a key, as it was given. */
export interface Beginning {
  readonly text: string;
  readonly isOf: (key: EntryKey) => boolean;
}

/** Reads what {@link beginningOf} knows. @throws UsageError for another text. */
export function parseBeginning(text: string): Beginning {
  const isOf = beginningOf(text);
  if (!isOf) {
    throw new UsageError(
      `${safeText(text)} is no beginning of a key: ndmemo ls shows the keys. ` +
        "The entries of a function are removed with ndmemo clear",
    );
  }
  return { text, isOf };
}

/**
 * The one entry of each key, each entry once. Reads all manifests, once.
 *
 * @param name a function that all of them have to be of.
 * @throws UsageError where a key is that of several entries, with a list of them; another
 * error where there is no entry of a key.
 */
export async function findEntries(
  entries: Entries,
  keys: readonly Beginning[],
  name: string | undefined,
): Promise<readonly StoredEntry[]> {
  const functionId = name === undefined ? undefined : await findFunction(entries, name);
  const found = keys.map((key): [Beginning, StoredEntry[]] => [key, []]);
  for await (const entry of entries.list(functionId)) {
    // A manifest that was copied to another place tells of an entry that is not the one here.
    if (entries.path(entry.manifest.key) !== entry.path) continue;
    for (const [{ isOf }, of] of found) {
      if (of.length <= MOST_FOUND && isOf(entry.manifest.key)) of.push(entry);
    }
  }
  const meant = new Map<string, StoredEntry>();
  for (const [{ text }, of] of found) {
    const [first] = of;
    if (first === undefined) throw nothing(entries, text, functionId);
    if (of.length > 1) throw severalEntries(of, text, "give more of the key, or --function");
    meant.set(first.path, first);
  }
  return [...meant.values()];
}

function nothing({ location }: Entries, key: string, functionId: string | undefined): Error {
  const where = functionId === undefined ? "" : ` of ${safeText(functionId)}`;
  return new Error(
    `There is no entry ${safeText(key)}${where} in ${safeText(location)}, and nothing was removed: ` +
      "ndmemo ls --all shows the keys, and ndmemo verify --repair removes what cannot be read",
  );
}
