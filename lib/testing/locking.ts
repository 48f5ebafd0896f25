/**
 * Rules about locks, for stores that have them.
 *
 * @module
 */

import type { BackendLock, LockOwner, StoreBackend, TakenLock } from "../store/backend.ts";
import type { EntryKey } from "../store/layout.ts";
import { expect, type Rule } from "./rule.ts";
import { keyOf } from "./sample.ts";

const owner: LockOwner = { host: "contract", pid: 1, since: 1_600_000_000_000 };

/** Rules about locks. A store without them keeps them all. */
export const locking: readonly Rule[] = [
  {
    name: "of several who ask for a lock one gets it, and the next one when it was given up",
    async check({ store, reopen }) {
      const other = (await reopen?.()) ?? store;
      const key = keyOf();
      for (let round = 0; round < 2; round++) {
        const stores = [store, other, store, other];
        const answers = await Promise.all(stores.map((each) => each.lock(key, owner)));
        const held = answers.filter(isHeld);
        if (held.length === 0 && answers.every((answer) => answer === undefined)) return;
        expect("how many of four who ask at once get the lock", held.length, 1);
        const taken = await other.lock(key, owner);
        expect("whether a lock that somebody has is got", isHeld(taken), false);
        const shown = (taken as TakenLock).owner;
        if (shown !== undefined) expect("the owner of a lock that somebody has", shown, owner);
        await held[0]?.release();
      }
    },
  },
  {
    name: "locks of different entries do not hinder each other, nor the entries themselves",
    async check({ store }) {
      const keys = [keyOf(), keyOf("lib/model.ts#fit", 1), keyOf("lib/model.ts#Fit")];
      const held = await lockAll(store, keys);
      if (held.length === 0) return;
      expect("how many locks of different entries are got", held.length, keys.length);
      expect("get of an entry that is locked", await store.get(keyOf(), false), undefined);
      expect("remove of an entry that is locked", await store.remove(keyOf()), false);
      const listed: unknown[] = [];
      for await (const entry of store.list()) listed.push(entry);
      expect("the list of a store with locks and no entries", listed, []);
      for (const lock of held) await lock.release();
    },
  },
];

async function lockAll(store: StoreBackend, keys: readonly EntryKey[]): Promise<BackendLock[]> {
  const held: BackendLock[] = [];
  for (const key of keys) {
    const answer = await store.lock(key, owner);
    if (isHeld(answer)) held.push(answer);
  }
  return held;
}

function isHeld(answer: BackendLock | TakenLock | undefined): answer is BackendLock {
  return answer !== undefined && "release" in answer;
}
