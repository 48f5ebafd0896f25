/**
 * The function that a user means: by its id, or by its name where only one has it.
 *
 * @module
 */

import type { Entries } from "../call/entries/entries.ts";
import { safeText } from "./safe-text.ts";
import { UsageError } from "./usage-error.ts";

/**
 * The id of a function of which there are entries.
 *
 * @throws UsageError where there is none, or more than one.
 */
export async function findFunction(entries: Entries, name: string): Promise<string> {
  const found = await functionsNamed(entries, name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const shown = safeText(name);
  if (only === undefined) {
    throw new UsageError(`There is no entry of a function ${shown}: see ndmemo ls`);
  }
  const list = found.map((each) => `\n  ${safeText(each)}`).join("");
  throw new UsageError(`${found.length} functions are named ${shown}; give one of${list}`);
}

/** The ids of the functions that have this id, or else this name. */
export async function functionsNamed(entries: Entries, name: string): Promise<string[]> {
  const ids = (await entries.holdings()).map(({ functionId }) => functionId);
  if (ids.includes(name)) return [name];
  return ids.filter((id) => id.slice(id.lastIndexOf("#") + 1) === name);
}
