/**
 * Rules about lists.
 *
 * @module
 */

import { expect, type Rule } from "./rule.ts";
import { bytesOf, expectListed, keyOf, putNew, type Sample, similarIds } from "./sample.ts";

const HOUR = 3_600_000;

/** Rules about lists. */
export const listing: readonly Rule[] = [
  {
    name: "every entry is listed once, with the bytes of its files and its manifest",
    async check({ store }) {
      const samples: Sample[] = [];
      const keys = [keyOf("f", 1), keyOf("f", 2), keyOf("f", 3, 1), keyOf("g", 4)];
      for (const [at, key] of keys.entries()) samples.push(await putNew(store, key, [at, 1000]));
      await expectListed("the list", store, keys);
      for await (const { key, bytes } of store.list()) {
        const made = samples.find((each) => each.key.argsId === key.argsId);
        expect("the bytes of an entry in the list", bytes, made && bytesOf(made));
      }
    },
  },
  {
    name: "the list of a function has its entries only",
    async check({ store }) {
      const keys = similarIds.flatMap((id) => [keyOf(id, 1), keyOf(id, 2, 1)]);
      for (const key of keys) await putNew(store, key, []);
      for (const id of similarIds) {
        const expected = keys.filter(({ functionId }) => functionId === id);
        await expectListed(`the list of the function ${id}`, store, expected, id);
      }
      await expectListed("the list of a function without entries", store, [], "lib/model.ts#fi");
    },
  },
  {
    name: "the last use is in milliseconds, renewed by a use and not by a look",
    async check({ store, age }) {
      const { key } = await putNew(store);
      const agoOf = async (): Promise<number> => {
        await store.flush();
        for await (const { lastUsed } of store.list())
          return Math.round((Date.now() - lastUsed) / HOUR);
        return Number.NaN;
      };
      expect("hours since an entry was stored, by the list", await agoOf(), 0);
      if (!age) return;
      await age(key, 5 * HOUR);
      await store.get(key, false);
      expect("hours since the last use, after a look", await agoOf(), 5);
      await store.get(key, true);
      expect("hours since the last use, after a use", await agoOf(), 0);
    },
  },
];
