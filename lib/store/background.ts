/**
 * Work for a store that goes on after a call has returned: one piece after the other.
 *
 * It keeps the process alive until it is done. `process.exit()` ends it, so it must be such that
 * nothing but time is lost with it.
 *
 * @module
 */

import { Layout } from "./layout.ts";

/** The last piece for each store, by its `tmp/`. */
const queues = new Map<string, Promise<void>>();

/** Adds work for the store with this `tmp/`. An error of it is nobody's: it is dropped. */
export function inBackground(tmp: string, work: () => Promise<void>): void {
  const before = queues.get(tmp) ?? Promise.resolve();
  const done: Promise<void> = before
    .then(work)
    .catch(() => {})
    .finally(() => {
      if (queues.get(tmp) === done) queues.delete(tmp);
    });
  queues.set(tmp, done);
}

/** Resolves when all work for the store in a directory is done, also what is added meanwhile. */
export async function flush(location: string): Promise<void> {
  const { tmp } = new Layout(location);
  for (let last = queues.get(tmp); last !== undefined; last = queues.get(tmp)) await last;
}
