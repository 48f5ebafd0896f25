/**
 * A store in memory that has locks.
 *
 * @module
 */

import type { BackendLock, EntryKey, LockOwner, TakenLock } from "../../lib/index.ts";
import { MemoryStore } from "./memory-store.ts";

const places = new Map<string, Map<string, LockOwner>>();

/** A store in memory with locks, which instances with the same location share. */
export class LockingStore extends MemoryStore {
  readonly owners: Map<string, LockOwner>;

  constructor(location: string) {
    super(location);
    this.owners = places.get(location) ?? new Map();
    places.set(location, this.owners);
  }

  override async lock(key: EntryKey, owner: LockOwner): Promise<BackendLock | TakenLock> {
    const name = JSON.stringify(key);
    const other = this.owners.get(name);
    if (other) return { owner: other };
    this.owners.set(name, owner);
    return { release: async () => void this.owners.delete(name) };
  }
}
