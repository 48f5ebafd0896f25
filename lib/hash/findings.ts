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
  readonly kind: "function" | "package" | "value";
  /** The variable, or the path to it through what was reached. */
  readonly name: string;
  /** The digest of a function's own source or of data, `name@version`, or a primitive as text. */
  readonly id: string;
}

// For people to read: longer lists are cut.
const MAX_LISTED = 1000;

/** The lists for one function. */
export class Findings {
  /** What was left out. */
  readonly leftOut: LeftOut[] = [];
  /** What was reached. */
  readonly reached: Reached[] = [];
  #missing: LeftOut | undefined;

  /** The first thing left out that makes a difference to what the function does. */
  get missing(): LeftOut | undefined {
    return this.#missing;
  }

  /**
   * Takes down what is left out.
   *
   * @param matters whether it makes a difference to what the function does.
   */
  leaveOut(name: string, why: string, matters: boolean): void {
    const leftOut = { name: name === "" ? "its scope" : name, why };
    if (this.leftOut.length < MAX_LISTED) this.leftOut.push(leftOut);
    if (matters) this.#missing ??= leftOut;
  }

  /** Takes down what is reached. */
  reach(kind: Reached["kind"], name: string, id: string): void {
    if (this.reached.length < MAX_LISTED) this.reached.push({ kind, name, id });
  }

  /** Whether something is left out under exactly this name. */
  lacks(name: string): boolean {
    return this.leftOut.some((leftOut) => leftOut.name === name);
  }
}
