/**
 * Uploads that go on while the program does.
 *
 * @module
 */

/** Stores that have been used for uploads: one listener is enough for all. */
const all = new Set<WeakRef<Pending>>();
let isListening = false;

function newPromise(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}

/** What is on its way to one store. */
export class Pending {
  readonly #location: string;
  readonly #uploads = new Map<string, Set<Promise<unknown>>>();
  readonly #others = new Set<Promise<unknown>>();
  #isKnown = false;

  constructor(location: string) {
    this.#location = location;
  }

  /** How many entries are on their way. */
  get size(): number {
    let size = 0;
    for (const uploads of this.#uploads.values()) size += uploads.size;
    return size;
  }

  /** Whether an entry of this name is on its way. */
  has(name: string): boolean {
    return this.#uploads.has(name);
  }

  /** Runs an upload; it is on its way from the moment on when it calls `taken`. */
  add<T>(name: string, run: (taken: () => void) => Promise<T>): Promise<T> {
    const { promise: over, resolve } = newPromise();
    const upload = run(() => this.#begin(name, over)).finally(() => {
      resolve();
      const uploads = this.#uploads.get(name);
      uploads?.delete(over);
      if (uploads?.size === 0) this.#uploads.delete(name);
    });
    return upload;
  }

  /** Makes {@link Pending.all} wait for work in the background that loses nothing. */
  watch(work: Promise<unknown>): void {
    this.#others.add(work);
    void work.finally(() => this.#others.delete(work));
  }

  /** Resolves when what is on its way under a name has arrived, or failed. */
  async of(name: string): Promise<void> {
    for (let uploads = this.#uploads.get(name); uploads; uploads = this.#uploads.get(name)) {
      await Promise.all(uploads);
    }
  }

  /** Resolves when everything that is on its way has arrived, or failed. */
  async all(): Promise<void> {
    const uploads = [...this.#uploads.values()].flatMap((each) => [...each]);
    await Promise.all([...uploads, ...this.#others]);
  }

  /** Says that what is on its way is lost. */
  warnOfLoss(): void {
    const { size } = this;
    if (size === 0) return;
    const which = size === 1 ? "1 result was" : `${size} results were`;
    const message =
      `The process ends while ${which} on the way to ${this.#location}: they will be computed ` +
      "again. Wait for memory.flush() before process.exit()";
    const warning = Object.assign(new Error(message), { code: "CACHE_UPLOAD_LOST" });
    warning.name = "CacheWarning";
    // What process.emitWarning puts off to a later turn is never said at the end.
    process.emit("warning", warning);
  }

  #begin(name: string, upload: Promise<unknown>): void {
    const uploads = this.#uploads.get(name) ?? new Set();
    this.#uploads.set(name, uploads.add(upload));
    if (this.#isKnown) return;
    this.#isKnown = true;
    all.add(new WeakRef(this));
    if (isListening) return;
    isListening = true;
    process.on("exit", () => {
      for (const pending of all) pending.deref()?.warnOfLoss();
    });
  }
}
