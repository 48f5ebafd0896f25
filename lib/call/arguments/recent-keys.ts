/**
 * Keys of calls that were made before: the same arguments need not be hashed again.
 *
 * Only of arguments that cannot change and are told apart by a short text: hashing them takes longer
 * than all else that JavaScript does for a hit.
 *
 * @module
 */

const MOST = 1024;
const MOST_ARGUMENTS = 8;
const LONGEST_STRING = 64;

/** The last keys of one function, by the arguments. */
export class RecentKeys<Key extends object> {
  readonly #byText = new Map<string, Key>();

  /** The key that was kept under a text of {@link argumentsText}. */
  get(text: string): Key | undefined {
    return this.#byText.get(text);
  }

  /** Keeps a key, under the text of some arguments. */
  set(text: string, args: readonly unknown[], key: Key): void {
    if (this.#byText.size >= MOST) this.#byText.clear();
    this.#byText.set(args.some(isString) ? copyOf(text) : text, key);
  }
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}

/** The same text in memory of its own: a part of a long string keeps all of that alive. */
function copyOf(text: string): string {
  return Buffer.from(text, "utf16le").toString("utf16le");
}

/**
 * A text that other arguments do not have; undefined where there is more to them than some numbers,
 * booleans, short strings, `null` and `undefined`.
 */
export function argumentsText(args: readonly unknown[]): string | undefined {
  if (args.length > MOST_ARGUMENTS) return undefined;
  let text = "";
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (typeof arg === "number") {
      // The digits of a number are those of no other one, except that -0 has those of 0.
      text += Object.is(arg, -0) ? "d-0," : `d${arg},`;
    } else if (typeof arg === "string") {
      if (arg.length > LONGEST_STRING) return undefined;
      text += `s${arg.length},${arg}`;
    } else if (typeof arg === "boolean" || arg === undefined || arg === null) {
      text += `${arg},`;
    } else {
      return undefined;
    }
  }
  return text;
}
