/**
 * Calls on a store of another kind that has locks.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type LockOwner, Memory } from "../../lib/index.ts";
import { rejects } from "../helpers/assert.ts";
import { LockingStore } from "../helpers/locking-store.ts";
import { withWarnings } from "../helpers/warnings.ts";

const options = { name: "f", module: "m", track: "none" } as const;
const somebody: LockOwner = { host: "far", pid: 7, since: 1_600_000_000_000 };

/** A store whose lock of any entry somebody else has until it is set to `undefined`. */
class Busy extends LockingStore {
  other: LockOwner | undefined = somebody;
  asked = 0;

  override async lock(...args: Parameters<LockingStore["lock"]>): ReturnType<LockingStore["lock"]> {
    this.asked++;
    return this.other ? { owner: this.other } : super.lock(...args);
  }
}

test("a call holds the lock while it computes, and gives it up", async () => {
  const store = new LockingStore(randomUUID());
  const memory = new Memory(store, { verbose: 0 });
  const f = memory.cache(async (x: number) => [x, store.owners.size], options);
  const [x, held] = await f(1);
  assert.equal([x, held], [1, 1]);
  await memory.flush();
  assert.is(store.owners.size, 0);
  await rejects(memory.cache(async () => fail(), { ...options, name: "g" })(), "E_FAIL");
  await memory.flush();
  assert.is(store.owners.size, 0);
});

test("a call waits for who has the lock, says so, and loads what he stored", async () => {
  const location = randomUUID();
  const store = new Busy(location);
  const lines: string[] = [];
  const logger = { info: (text: string) => lines.push(text), warn() {} };
  let runs = 0;
  const compute = (x: number): number => {
    runs++;
    return x;
  };
  const f = new Memory(store, { logger }).cache(compute, options);
  const other = new Memory(new LockingStore(location), { verbose: 0 }).cache(compute, options);
  const waiting = f(1);
  await setTimeout(150);
  await other(1);
  store.other = undefined;
  assert.is(await waiting, 1);
  assert.is(runs, 1);
  const said = "[Memory] Waiting for m#f, which process 7 on far (since 2020-09-13T12:26:40.000Z, ";
  assert.is(lines.filter((line) => line.startsWith(said)).length, 1);
});

test("lockTimeout ends the wait; without lock nothing is asked for", async () => {
  const store = new Busy(randomUUID());
  const f = new Memory(store, { verbose: 0, lockTimeout: 30 }).cache((x: number) => x, options);
  await rejects(f(1), "ERR_LOCK_TIMEOUT");
  store.asked = 0;
  const g = new Memory(store, { verbose: 0, lock: false }).cache((x: number) => x, options);
  assert.is(await g(1), 1);
  assert.is(store.asked, 0);
});

/** A store whose locks are free, and worth asking for from a number of milliseconds on. */
class Dear extends Busy {
  override other = undefined;
  readonly #paysFrom: number;

  constructor(location: string, paysFrom: number) {
    super(location);
    this.#paysFrom = paysFrom;
  }

  override get lockPaysFrom(): number {
    return this.#paysFrom;
  }
}

test("of a function that is known to be quick, a dear lock is asked for only where lock is true", async () => {
  const store = new Dear(randomUUID(), 60_000);
  const memory = new Memory(store, { verbose: 0 });
  const quick = (x: number): number => x;
  const f = memory.cache(quick, options);
  await f(0);
  assert.is(store.asked, 1, "nothing was known");
  for (const x of [1, 2]) await f(x);
  // What is known of a function, each cached form of it knows.
  await memory.cache(quick, options)(3);
  assert.is(store.asked, 1);
  await memory.cache(quick, { ...options, lock: true })(4);
  assert.is(store.asked, 2);

  const other = new Memory(store, { verbose: 0 }).cache(quick, options);
  await other(0);
  await other(5);
  assert.is(store.asked, 2, "an entry that was loaded says how long it took");
  const never = new Memory(store, { verbose: 0, lock: false }).cache(quick, options);
  await never(6);
  assert.is(store.asked, 2);
});

test("of a function that took long of late, a dear lock is asked for each time", async () => {
  const store = new Dear(randomUUID(), 20);
  const f = new Memory(store, { verbose: 0 }).cache(async (x: number) => {
    if (x % 4 === 0) await setTimeout(50);
    return x;
  }, options);
  for (const x of [0, 1, 2, 3, 4]) await f(x);
  assert.is(store.asked, 5);
});

test("locks that fail cost nobody a result", async () => {
  class Failing extends LockingStore {
    override async lock(): Promise<never> {
      throw new Error("no locks today");
    }
  }
  const lines: string[] = [];
  const logger = { info: (text: string) => lines.push(text), warn() {} };
  const store = new Failing(randomUUID());
  const f = new Memory(store, { logger, verbose: 11 }).cache((x: number) => x, options);
  const { result, warnings } = await withWarnings(() => Promise.all([f(1), f(2)]));
  assert.equal(result, [1, 2]);
  assert.is(warnings.length, 0);
  const said = "[Memory] m#f is computed without a lock: no locks today";
  assert.is(lines.filter((line) => line === said).length, 1);
});

function fail(): never {
  throw Object.assign(new Error("no"), { code: "E_FAIL" });
}

test.run();
