/**
 * Stores whose locks are none.
 *
 * @module
 */

import type { BackendLock, EntryKey, LockOwner, TakenLock } from "../../../lib/index.ts";
import { LockingStore } from "../locking-store.ts";
import type { Mutant } from "./mutant.ts";

type Answer = Promise<BackendLock | TakenLock>;
const exclusive =
  "of several who ask for a lock one gets it, and the next one when it was given up";
const separate = "locks of different entries do not hinder each other, nor the entries themselves";

/** Stores whose locks are none. */
export const locking: readonly Mutant[] = [
  {
    rule: exclusive,
    how: "gives a lock to everybody",
    Store: class extends LockingStore {
      override async lock(): Answer {
        return { release: async () => {} };
      }
    },
  },
  {
    rule: exclusive,
    how: "never frees a lock",
    Store: class extends LockingStore {
      override async lock(key: EntryKey, owner: LockOwner): Answer {
        const answer = await super.lock(key, owner);
        return "release" in answer ? { release: async () => {} } : answer;
      }
    },
  },
  {
    rule: exclusive,
    how: "shows another owner",
    Store: class extends LockingStore {
      override async lock(key: EntryKey, owner: LockOwner): Answer {
        return await super.lock(key, { ...owner, since: 0 });
      }
    },
  },
  {
    rule: separate,
    how: "locks a function",
    Store: class extends LockingStore {
      override async lock({ functionId, codeId }: EntryKey, owner: LockOwner): Answer {
        return await super.lock({ functionId, codeId, argsId: "" }, owner);
      }
    },
  },
];
