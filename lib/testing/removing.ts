/**
 * Rules about removal.
 *
 * @module
 */

import { expect, type Rule } from "./rule.ts";
import {
  expectEntry,
  expectGone,
  expectListed,
  keyOf,
  listedKeys,
  putNew,
  type Sample,
  similarIds,
} from "./sample.ts";

/** Rules about removal. */
export const removing: readonly Rule[] = [
  {
    name: "remove takes an entry away with its files, and tells whether there was one",
    async check({ store }) {
      const [stored, other] = [
        await putNew(store, keyOf("f", 1)),
        await putNew(store, keyOf("f", 2)),
      ];
      expect("remove of an entry", await store.remove(stored.key), true);
      await expectGone(store, stored);
      expect("remove of an entry that was removed", await store.remove(stored.key), false);
      await expectListed("the list after that", store, [other.key]);
      await expectEntry(store, other);
      await expectEntry(store, await putNew(store, stored.key));
    },
  },
  {
    name: "entries can be removed while they are listed",
    async check({ store }) {
      for (let i = 0; i < 30; i++) await putNew(store, keyOf("f", i), [i]);
      let count = 0;
      for await (const { key } of store.list()) {
        count++;
        await store.remove(key);
      }
      expect("how many of 30 entries were listed", count, 30);
      await expectListed("the list after that", store, []);
    },
  },
  {
    name: "clear removes the entries of a function",
    async check({ store }) {
      const samples: Sample[] = [];
      for (const id of similarIds) {
        for (const code of [1, 2]) samples.push(await putNew(store, keyOf(id, 1, code)));
      }
      await store.clear("lib/model.ts#fi");
      expect("how many entries are listed", (await listedKeys(store)).length, samples.length);
      await store.clear(similarIds[0]);
      for (const each of samples) {
        await (each.key.functionId === similarIds[0] ? expectGone : expectEntry)(store, each);
      }
    },
  },
  {
    name: "clear removes all entries, and others can be stored then",
    async check({ store }) {
      const samples: Sample[] = [];
      for (const id of similarIds) samples.push(await putNew(store, keyOf(id)));
      await store.clear();
      for (const each of samples) await expectGone(store, each);
      await expectListed("the list after that", store, []);
      await expectEntry(store, await putNew(store));
    },
  },
];
