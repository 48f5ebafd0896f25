/**
 * Text of others on its way to a terminal: names and arguments can hold anything, also what would
 * move the cursor, change colours or turn the direction of writing.
 *
 * @module
 */

/** Controls (C0, DEL, C1), line and paragraph separators, marks and overrides of direction. */
const UNSAFE: RegExp =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about.
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One line of text in which everything that a terminal would obey is an escape such as `\x1b`. */
export function safeText(text: string): string {
  return text.toWellFormed().replace(UNSAFE, escapeOf);
}

/** Several lines of text, each of them safe; tabs are spaces. */
export function safeLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => safeText(line.replaceAll("\t", "  ")));
}

/** JSON that means the same and holds nothing that a terminal would obey. */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent) ?? "null";
  return json.replace(UNSAFE, (char) => (char === "\n" ? char : unicodeEscape(char)));
}

function escapeOf(char: string): string {
  const code = char.charCodeAt(0);
  return SHORT[char] ?? (code < 256 ? `\\x${hex(code, 2)}` : unicodeEscape(char));
}

function unicodeEscape(char: string): string {
  return `\\u${hex(char.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
