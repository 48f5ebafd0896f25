/**
 * What follows from answers about sources, remembered for those who may rely on it.
 *
 * An answer that a cache has kept is as good as those who may write to that cache. So what follows from
 * it is remembered for this cache alone; what follows from nothing but the sources themselves, as this
 * process has read them, is remembered for all.
 *
 * @module
 */

/** Somebody whose answers are taken on trust: a cache. */
export class Witness {
  /** Says that something is taken from this witness. */
  hear(): void {
    heard++;
  }
}

let current: Witness | undefined;
let heard = 0;

/** The witness whose answers count at this moment. */
export function currentWitness(): Witness | undefined {
  return current;
}

/**
 * Runs something for which the answers of a witness, if there is one, count beside those of the process
 * itself.
 */
export function withWitness<T>(witness: Witness | undefined, run: () => T): T {
  const before = current;
  current = witness;
  try {
    return run();
  } finally {
    current = before;
  }
}

/** Values by objects, computed once. Keeps no object alive. */
export class Memo<K extends object, V extends NonNullable<unknown>> {
  readonly #own = new WeakMap<K, V>();
  readonly #byWitness = new WeakMap<Witness, WeakMap<K, V>>();

  /** The value of an object; undefined where none was computed that counts at this moment. */
  get(key: K): V | undefined {
    const own = this.#own.get(key);
    if (own !== undefined || current === undefined) return own;
    const told = this.#byWitness.get(current)?.get(key);
    if (told !== undefined) current.hear();
    return told;
  }

  /** Computes the value of an object, in place of one that it may have. */
  add(key: K, compute: () => V): V {
    const before = heard;
    const value = compute();
    if (current === undefined || heard === before) {
      this.#own.set(key, value);
      return value;
    }
    let told = this.#byWitness.get(current);
    if (told === undefined) {
      told = new WeakMap();
      this.#byWitness.set(current, told);
    }
    told.set(key, value);
    return value;
  }
}
