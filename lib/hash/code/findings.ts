/**
 * What was found on the way through a function's reach: for people, and to tell whether the code id
 * says it all.
 *
 * @module
 */

/** Something that a function refers to and that is no part of its code id. */
export interface LeftOut {
  /** The variable, or the path to it through what was reached: `helper.table[3]`. */
  readonly name: string;
  /** Why, as the end of a sentence that starts with the name. */
  readonly why: string;
}

/** Something that a code id is made of. */
export interface Reached {
  readonly kind: "function" | "class" | "constant" | "data" | "package";
  /** The variable, or the path to it through what was reached: `h.scale`, `Solver.prototype.step`. */
  readonly name: string;
  /**
   * The digest of a function's or class's own source, or of data; a constant as text, or its digest
   * where that is long; `name@version` of a package.
   */
  readonly id: string;
  /**
   * Of a function or class in another script than the one that reaches it: its file, relative to the
   * package.
   */
  readonly file?: string;
  /** Of a function or class: its line in the code that Node runs, counted from 1. */
  readonly line?: number;
}

// For people to read: what is longer is cut.
const MAX_LISTED = 1000;
const MAX_TEXT = 100;

/** The lists for one function. */
export class Findings {
  /** What was left out. */
  readonly leftOut: LeftOut[] = [];
  /** What was reached. */
  readonly reached: Reached[] = [];
  readonly #given: Set<string>;
  readonly #lacking = new Set<string>();
  readonly #names = new Set<string>();
  #missing: LeftOut | undefined;
  #register: string | undefined;

  /** @param given the names of what the caller tells himself: nothing under them is left out. */
  constructor(given: Iterable<string> = []) {
    this.#given = new Set(given);
  }

  /** The first thing left out that makes a difference to what the function does. */
  get missing(): LeftOut | undefined {
    return this.#missing;
  }

  /** The name of the first collection that was met in which something may be kept for objects. */
  get register(): string | undefined {
    return this.#register;
  }

  /** Takes down such a collection. */
  meetRegister(name: string): void {
    this.#register ??= name;
  }

  /** Says that the caller tells what is under a name. */
  give(name: string): void {
    this.#given.add(name);
  }

  /**
   * Takes down what is left out.
   *
   * @param matters whether it makes a difference to what the function does.
   */
  leaveOut(name: string, why: string, matters: boolean): void {
    this.#lacking.add(name);
    if (this.isGiven(name)) return;
    const leftOut = { name: name === "" ? "its scope" : name, why };
    if (this.leftOut.length < MAX_LISTED) this.leftOut.push(leftOut);
    if (matters) this.#missing ??= leftOut;
  }

  /** Takes down what is reached. Where a name is taken already, it gets a number. */
  reach(reached: Reached): void {
    if (this.reached.length >= MAX_LISTED) return;
    let { name } = reached;
    for (let i = 2; this.#names.has(name); i++) name = `${reached.name} (${i})`;
    this.#names.add(name);
    this.reached.push({ ...reached, name });
  }

  /** Whether something is left out under exactly this name. */
  lacks(name: string): boolean {
    return this.#lacking.has(name);
  }

  /** Whether the caller tells what is under this name. */
  isGiven(name: string): boolean {
    return this.#given.has(name);
  }
}

/** A value that was reached: a short primitive as text, anything else by its digest. */
export function reachedValue(name: string, value: unknown, digest: string): Reached {
  const isData = (typeof value === "object" && value !== null) || typeof value === "function";
  if (isData) return { kind: "data", name, id: digest };
  return { kind: "constant", name, id: constantText(value) ?? digest };
}

/** A primitive as it stands in code; undefined for a long one. */
function constantText(value: unknown): string | undefined {
  if (typeof value === "string" && value.length > MAX_TEXT) return undefined;
  let text = Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") text = JSON.stringify(value);
  if (typeof value === "bigint") text += "n";
  return text.length > MAX_TEXT ? undefined : text;
}
