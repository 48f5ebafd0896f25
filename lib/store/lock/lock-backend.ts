/**
 * The locks of a store of another kind, where it has any.
 *
 * @module
 */

import type { BackendLock, StoreBackend } from "../backend.ts";
import type { EntryKey } from "../layout.ts";
import type { Attempt, LockRecord, Locks } from "./lock.ts";

/** The locks of a {@link StoreBackend}. */
export class BackendLocks implements Locks {
  readonly pauses = { first: 100, longest: 2000 };
  /** Nobody can tell there what he waits for. */
  readonly blindWait = 60_000;
  readonly paysFrom: number;
  failure: unknown;
  readonly #store: StoreBackend;
  readonly #arrived: () => Promise<void>;
  readonly #releases = new Set<Promise<void>>();

  /** @param arrived resolves when everything that was stored before can be found by others. */
  constructor(store: StoreBackend, arrived: () => Promise<void>) {
    this.#store = store;
    this.paysFrom = store.lockPaysFrom;
    this.#arrived = arrived;
  }

  async tryLock(
    { functionId, codeId, argsId }: EntryKey,
    _id: string,
    record: LockRecord,
  ): Promise<Attempt> {
    const { host, pid, since } = record;
    let answer: Awaited<ReturnType<StoreBackend["lock"]>>;
    try {
      answer = await this.#store.lock({ functionId, codeId, argsId }, { host, pid, since });
    } catch (error) {
      this.failure = error;
      return undefined;
    }
    if (!answer) return undefined;
    if ("release" in answer) return { tell() {}, release: () => this.#release(answer) };
    const { owner } = answer;
    return { owner: owner && { ...owner, isAsync: true, waits: [] } };
  }

  read(): undefined {
    return undefined;
  }

  /** Resolves when every lock that was given up is free. */
  async settled(): Promise<void> {
    await Promise.all(this.#releases);
  }

  /** The caller of a cached function does not wait for this. */
  #release(lock: BackendLock): void {
    const release: Promise<void> = this.#releaseLater(lock).finally(() =>
      this.#releases.delete(release),
    );
    this.#releases.add(release);
  }

  async #releaseLater(lock: BackendLock): Promise<void> {
    try {
      await this.#arrived();
      await lock.release();
    } catch {
      // It becomes free by itself some time later.
    }
  }
}
