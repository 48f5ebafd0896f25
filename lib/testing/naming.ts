/**
 * Rules about keys, and about who sees what is under them.
 *
 * @module
 */

import { expect, type Rule } from "./rule.ts";
import {
  expectEntry,
  expectGone,
  expectListed,
  keyOf,
  put,
  putNew,
  type Sample,
  sample,
  similarIds,
} from "./sample.ts";

/** Names that file systems, addresses and patterns take for others, or for something else. */
const functionIds: readonly string[] = [
  ...similarIds,
  "lib\\model.ts#fit",
  "lib%2fmodel.ts#fit",
  "modèle.ts#größe",
  "mode\u0300le.ts#größe",
  "モデル.ts#\u{1f4c8}",
  "*",
  "nul",
  "con.ts",
  ".",
  "..",
  " ",
  "f ",
  "f.",
  "f",
  "a\nb",
  `"'\`;--`,
  "__proto__",
  "x".repeat(1000),
  `${"x".repeat(999)}y`,
  `${"é".repeat(999)}x`,
  `${"é".repeat(999)}y`,
];

/** Rules about keys, and about who sees what is under them. */
export const naming: readonly Rule[] = [
  {
    name: "keys are told apart, whatever is in them",
    async check({ store }) {
      const samples: Sample[] = [];
      for (const id of functionIds) samples.push(await putNew(store, keyOf(id), [id.length]));
      samples.push(await putNew(store, keyOf("f", 1)), await putNew(store, keyOf("f", 0, 1)));
      for (const each of samples) await expectEntry(store, each);
      await expectListed(
        "the list",
        store,
        samples.map(({ key }) => key),
      );
      for (const each of samples) {
        expect(`remove of ${JSON.stringify(each.key)}`, await store.remove(each.key), true);
      }
    },
  },
  {
    name: "a hundred operations go on at once",
    async check({ store }) {
      const samples = Array.from({ length: 100 }, (_, i) => sample(keyOf("f", i), [i, 3000]));
      const stored = await Promise.all(samples.map((each) => put(store, each)));
      expect("what 100 puts of different keys resolve to", new Set(stored), new Set([true]));
      await Promise.all(samples.map((each) => expectEntry(store, each)));
      await expectListed(
        "the list",
        store,
        samples.map(({ key }) => key),
      );
      const removed = await Promise.all(samples.map(({ key }) => store.remove(key)));
      expect("what 100 removals resolve to", new Set(removed), new Set([true]));
      await expectListed("the list after that", store, []);
    },
  },
  {
    name: "another instance sees what is stored, replaced and removed",
    async check({ store, reopen }) {
      if (!reopen) return;
      const samples = [await putNew(store, keyOf("f", 1)), await putNew(store, keyOf("f", 2))];
      await store.flush();
      const other = await reopen();
      expect("the location of the other instance", other.location, store.location);
      for (const each of samples) await expectEntry(other, each);
      await expectListed(
        "the list of the other instance",
        other,
        samples.map(({ key }) => key),
      );
      const newer = sample(keyOf("f", 1));
      expect("put with replace", await put(other, newer, { replace: true }), true);
      await expectEntry(store, newer);
      await other.remove(keyOf("f", 2));
      await expectGone(store, samples[1] as Sample);
    },
  },
];
