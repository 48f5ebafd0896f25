/**
 * What the source text of a function says, asked once for each text.
 *
 * The answer to a question is a pure function of the text, of the parser and of the code here. So
 * answers can be kept where the program's results are, and asked for there before the parser is
 * loaded: see {@link Kept}. They count for the results of that place alone: who may write there could
 * have put others in their place. Answers that may be others another time are not kept: those about
 * texts that were not parsed, and those for which the stack was too short.
 *
 * @module
 */

import { currentWitness, type Witness, withWitness } from "./memo.ts";
import { type AnyFunction, type ParsedFunction, parseFunction, sourceText } from "./parse.ts";

/**
 * To be raised whenever some answer becomes another one for the same text, or its encoded form another
 * one: answers that were kept under another number are not used.
 */
export const ANALYSIS = 1;

/** Something that a source text is asked for. */
export interface Question<T> {
  /** The name of its answers where they are kept; no other question has it. */
  readonly name: string;
  /** The answer. */
  readonly ask: (parsed: ParsedFunction, text: string) => T;
  /** An answer as a value that JSON keeps. */
  readonly encode: (answer: T) => unknown;
  /** The answer that such a value is of; undefined for a value that is of none. */
  readonly decode: (encoded: unknown, text: string) => T | undefined;
}

/** Encoded answers by the names of their questions. */
export type Answers = Readonly<Record<string, unknown>>;

/** Answers of an earlier time, and who takes down those of now. */
export interface Kept {
  /** Whose they are: they count for nobody else. */
  readonly witness: Witness;
  /** Called with each text that something is asked of while these are in use. */
  use(analysis: Analysis): void;
  /** The answers that are known for such a text. */
  find(analysis: Analysis): Answers | undefined;
}

/** Answers by the names of their questions. `encoded` is undefined for one that is not to be kept. */
type Known = Map<string, { readonly value: unknown; readonly encoded: unknown }>;

/** The answers about one text. */
export class Analysis {
  readonly text: string;
  readonly #own: Known = new Map();
  readonly #told = new WeakMap<Witness, Known>();

  constructor(text: string) {
    this.text = text;
  }

  /** An answer that counts at this moment, in an object of its own. */
  known<T>({ name }: Question<T>): { readonly value: T } | undefined {
    let answer = this.#own.get(name);
    const witness = currentWitness();
    if (answer === undefined && witness !== undefined) {
      answer = this.#told.get(witness)?.get(name);
      if (answer !== undefined) witness.hear();
    }
    return answer as { readonly value: T } | undefined;
  }

  /** Takes down an answer that was found in the text; `encoded` is undefined if it is not to be kept. */
  learn<T>({ name }: Question<T>, value: T, encoded: unknown): void {
    this.#own.set(name, { value, encoded });
  }

  /** Takes down what a witness answers. */
  hear<T>(witness: Witness, { name }: Question<T>, value: T, encoded: unknown): void {
    let told = this.#told.get(witness);
    if (told === undefined) {
      told = new Map();
      this.#told.set(witness, told);
    }
    told.set(name, { value, encoded });
    witness.hear();
  }

  /** The answers that may be kept, those of a witness among them. */
  encoded(witness?: Witness): Answers {
    const found: Record<string, unknown> = {};
    const told = witness && this.#told.get(witness);
    for (const answers of told ? [told, this.#own] : [this.#own]) {
      for (const [name, { encoded }] of answers) if (encoded !== undefined) found[name] = encoded;
    }
    return found;
  }
}

// Two closures of one factory have one text.
const MAX_TEXTS = 256;
const byText = new Map<string, Analysis>();
const byFunction = new WeakMap<AnyFunction, Analysis>();

let kept: Kept | undefined;

/** Runs something; what it asks of source texts is looked for in `others` first. */
export function withKept<T>(others: Kept, run: () => T): T {
  const before = kept;
  kept = others;
  try {
    return withWitness(others.witness, run);
  } finally {
    kept = before;
  }
}

/** Runs something that relies on nobody: on nothing but what this process reads in the sources. */
export function withoutKept<T>(run: () => T): T {
  if (kept === undefined && currentWitness() === undefined) return run();
  const before = kept;
  kept = undefined;
  try {
    return withWitness(undefined, run);
  } finally {
    kept = before;
  }
}

/**
 * The answer to a question about the source of a function; undefined where the source cannot be
 * parsed. It is one object for all who ask: do not change it.
 */
export function answer<T>(question: Question<T>, fn: AnyFunction): T | undefined {
  const analysis = analysisOf(fn);
  kept?.use(analysis);
  const known = analysis.known(question);
  if (known !== undefined) return known.value;
  const { text } = analysis;
  const encoded = fromKept(question.name, analysis);
  const before = encoded === undefined ? undefined : decoded(question, encoded, text);
  if (kept !== undefined && before !== undefined) {
    analysis.hear(kept.witness, question, before, encoded);
    return before;
  }
  const now = askNow(question, fn, text);
  if (now !== undefined) analysis.learn(question, now, question.encode(now));
  return now;
}

function fromKept(name: string, analysis: Analysis): unknown {
  const answers = kept?.find(analysis);
  return answers && Object.hasOwn(answers, name) ? answers[name] : undefined;
}

function decoded<T>(question: Question<T>, encoded: unknown, text: string): T | undefined {
  try {
    return question.decode(encoded, text);
  } catch {
    // Made to harm: nested deeper than the stack, say.
    return undefined;
  }
}

function askNow<T>(question: Question<T>, fn: AnyFunction, text: string): T | undefined {
  const parsed = parseFunction(fn);
  if (parsed === undefined) return undefined;
  try {
    return question.ask(parsed, text);
  } catch (error) {
    // A tree deeper than the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function analysisOf(fn: AnyFunction): Analysis {
  let analysis = byFunction.get(fn);
  if (analysis !== undefined) return analysis;
  const text = sourceText(fn);
  analysis = byText.get(text);
  if (analysis === undefined) {
    analysis = new Analysis(text);
    const [oldest] = byText.keys();
    if (oldest !== undefined && byText.size >= MAX_TEXTS) byText.delete(oldest);
    byText.set(text, analysis);
  }
  byFunction.set(fn, analysis);
  return analysis;
}
