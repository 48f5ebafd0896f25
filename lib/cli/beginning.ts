/**
 * Keys of entries as people give them.
 *
 * @module
 */

import type { EntryKey } from "../store/layout.ts";

/**
 * Whether a key begins as a text says: the beginning of an argument digest, which a beginning of the
 * code's digest and a slash may precede, in any case. Undefined for any other text.
 */
export function beginningOf(text: string): ((key: EntryKey) => boolean) | undefined {
  const parts = /^(?:([0-9a-f]{1,32})\/)?([0-9a-f]{1,32})$/.exec(text.toLowerCase());
  if (!parts) return undefined;
  const [, code = "", args = ""] = parts;
  return ({ codeId, argsId }) => argsId.startsWith(args) && codeId.startsWith(code);
}
