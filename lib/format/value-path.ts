/**
 * The way from a value to a part of it, as the text that a message names it by.
 *
 * Kept as keys while walking, since nearly no path is ever shown.
 *
 * @module
 */

const LONGEST_PATH = 12;
const LONGEST_KEY = 40;

/** A part of a `Map` or `Set`, which no property leads to. */
export interface Member {
  /** Which part of the entry it is. */
  readonly of: "keys" | "values";
  /** The position of the entry. */
  readonly at: number;
}

/** The step from an instance of a registered class to what it is encoded as. */
export const ENCODED = { of: "encode", at: "" } as const;

/** One step: a property, an entry of a collection, or into an instance. */
export type Step = PropertyKey | Member | typeof ENCODED;

/**
 * A path as one expression, such as `result.models[3].fit` or `result.byName.values()[0]`.
 *
 * Of a path of more than 12 steps the middle is left out.
 */
export function pathText(root: string, steps: readonly Step[]): string {
  const texts =
    steps.length <= LONGEST_PATH
      ? steps.map(stepText)
      : [
          ...steps.slice(0, LONGEST_PATH / 2).map(stepText),
          "…",
          ...steps.slice(-LONGEST_PATH / 2).map(stepText),
        ];
  return root + texts.join("");
}

function stepText(step: Step): string {
  if (step === ENCODED) return ".encode()";
  if (typeof step === "object") return `.${step.of}()[${step.at}]`;
  if (typeof step === "symbol") return `[${shorten(String(step))}]`;
  const key = String(step);
  if (/^(0|[1-9]\d*)$/.test(key)) return `[${key}]`;
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)) return `.${shorten(key)}`;
  return `[${JSON.stringify(shorten(key))}]`;
}

function shorten(key: string): string {
  return key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}…` : key;
}
