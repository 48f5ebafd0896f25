/**
 * Scopes as the syntax tree of a function declares them.
 *
 * @module
 */

/** The names that one piece of syntax declares, and those of the syntax around it. */
export class Scope {
  readonly #names: ReadonlySet<string>;
  readonly #parent: Scope | undefined;

  constructor(names: Iterable<string>, parent?: Scope) {
    this.#names = new Set(names);
    this.#parent = parent;
  }

  /** Whether a name is declared here or around. */
  has(name: string): boolean {
    return this.#names.has(name) || (this.#parent?.has(name) ?? false);
  }
}

/** The scope for these names: the one around it where there are none. */
export function scopeOf(names: readonly string[], around: Scope): Scope {
  return names.length === 0 ? around : new Scope(names, around);
}
