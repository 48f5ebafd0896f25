/**
 * The part of Python's literals that the header of a `.npy` file is written in.
 *
 * A dict with string keys whose values are strings, `True`, `False`, integers (also `3L`, which
 * Python 2 wrote), tuples and lists. Nothing is evaluated, and there is no other syntax.
 *
 * @module
 */

/** A tuple or a list. */
export interface Sequence {
  readonly type: "tuple" | "list";
  readonly items: readonly Literal[];
}

/** A value of a header. */
export type Literal = string | boolean | bigint | Sequence;

/** Deeper nesting is refused, so that hostile text cannot exhaust the stack. */
const DEEPEST = 16;

/**
 * Parses a dict, which only white space may follow.
 *
 * Escapes in strings are recognised, not resolved.
 *
 * @throws SyntaxError where the text is anything else, or a key appears twice.
 */
export function parseDict(text: string): ReadonlyMap<string, Literal> {
  return new Parser(text).dict();
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  dict(): Map<string, Literal> {
    const entries = new Map<string, Literal>();
    this.#expect("{");
    while (!this.#accept("}")) {
      const key = this.#token(STRING)?.slice(1, -1);
      if (key === undefined) throw this.#error("a string as key");
      if (entries.has(key)) throw new SyntaxError(`the key ${key} appears twice`);
      this.#expect(":");
      entries.set(key, this.#value(0));
      if (!this.#accept(",")) {
        this.#expect("}");
        break;
      }
    }
    this.#token(SPACE);
    if (this.#at < this.#text.length) throw this.#error("nothing more");
    return entries;
  }

  #value(depth: number): Literal {
    if (depth > DEEPEST) throw new SyntaxError("it is nested too deeply");
    if (this.#accept("(")) return this.#sequence("tuple", ")", depth);
    if (this.#accept("[")) return this.#sequence("list", "]", depth);
    const text = this.#token(STRING);
    if (text !== undefined) return text.slice(1, -1);
    const word = this.#token(WORD);
    if (word !== undefined) return word === "True";
    const integer = this.#token(INTEGER);
    if (integer !== undefined) return BigInt(integer.replace(/L$/, ""));
    throw this.#error("a value");
  }

  #sequence(type: Sequence["type"], end: string, depth: number): Literal {
    const items: Literal[] = [];
    let hasComma = false;
    while (!this.#accept(end)) {
      items.push(this.#value(depth + 1));
      if (!this.#accept(",")) {
        this.#expect(end);
        break;
      }
      hasComma = true;
    }
    // Parentheses around one value make no tuple of it.
    const [only] = items;
    return type === "tuple" && !hasComma && only !== undefined ? only : { type, items };
  }

  #accept(character: string): boolean {
    this.#token(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw this.#error(character);
  }

  #token(pattern: RegExp): string | undefined {
    if (pattern !== SPACE) this.#token(SPACE);
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0];
    if (token !== undefined) this.#at += token.length;
    return token;
  }

  #error(expected: string): SyntaxError {
    return new SyntaxError(`expected ${expected} at position ${this.#at}`);
  }
}

const SPACE = /[ \t\r\n]+/y;
const STRING = /'(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\\n]|\\[^\n])*"/y;
const WORD = /(?:True|False)(?![A-Za-z0-9_])/y;
const INTEGER = /-?(?:0|[1-9]\d{0,30})L?(?![A-Za-z0-9_.])/y;
