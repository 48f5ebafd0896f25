/**
 * Rules about readers beside writers, and about copies on this machine.
 *
 * @module
 */

import { readFile as readLocal } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import type { StoreBackend } from "../store/backend.ts";
import { expect, expectBytes, isAbsent, type Rule } from "./rule.ts";
import { filesOf, keyOf, put, putNew, readFile, sample } from "./sample.ts";

const ROUNDS = 20;

/** Rules about readers beside writers, and about copies on this machine. */
export const sideBySide: readonly Rule[] = [
  {
    name: "a reader beside a writer that replaces an entry sees one entry, whole",
    async check({ store, reopen }) {
      const other = (await reopen?.()) ?? store;
      await putNew(store);
      await beside(other, async () => {
        for (let i = 0; i < ROUNDS; i++) {
          await put(store, sample(undefined, [100_003, i]), { replace: true });
        }
      });
    },
  },
  {
    name: "a reader beside a writer that stores and removes an entry sees all of it or nothing",
    async check({ store, reopen }) {
      const other = (await reopen?.()) ?? store;
      await beside(other, async () => {
        for (let i = 0; i < ROUNDS; i++) {
          await put(store, sample(undefined, [i, 100_003]));
          await setImmediate();
          await store.remove(keyOf());
        }
      });
    },
  },
  {
    name: "a file on this machine has the bytes of the file of the entry, also after a replacement",
    async check({ store }) {
      for (const replace of [false, true]) {
        const stored = sample(undefined, [0, 70_001]);
        await put(store, stored, { replace });
        for (const { name, bytes } of stored.files) {
          const path = await store.localFile(stored.key, name);
          if (path === undefined) continue;
          expectBytes(`the local file ${path}`, new Uint8Array(await readLocal(path)), bytes);
        }
        const path = await store.localFile(stored.key, "9-0123abcd.npy");
        expect("localFile of a file that the entry has not", path, undefined);
      }
    },
  },
];

/** Reads all the time while something is written. */
async function beside(store: StoreBackend, write: () => Promise<void>): Promise<void> {
  let isDone = false;
  const reader = async (): Promise<void> => {
    while (!isDone) {
      await lookOnce(store);
      await setImmediate();
    }
  };
  const writer = write().finally(() => {
    isDone = true;
  });
  await Promise.all([writer, reader(), reader()]);
}

async function lookOnce(store: StoreBackend): Promise<void> {
  const key = keyOf();
  const manifest = await store.get(key, false);
  if (!manifest) return;
  for (const file of filesOf(manifest)) {
    try {
      expectBytes(`the file ${file.name}`, await readFile(store, key, file), file.bytes);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const now = await store.get(key, false);
      const isSame = now !== undefined && Buffer.compare(now, manifest) === 0;
      expect(`whether ${file.name} is missing although the manifest names it`, isSame, false);
      return;
    }
  }
}
