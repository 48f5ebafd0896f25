/**
 * Rules about writing.
 *
 * @module
 */

import type { StoreBackend } from "../store/backend.ts";
import { expect, expectNoFile, expectRejection, type Rule } from "./rule.ts";
import {
  bytesOf,
  expectEntry,
  expectListed,
  keyOf,
  type PutOptions,
  piecesOf,
  put,
  putNew,
  type Sample,
  sample,
} from "./sample.ts";

/** Rules about writing. */
export const writing: readonly Rule[] = [
  {
    name: "a piece is used before the next one is taken",
    async check({ store }) {
      const stored = sample(undefined, [300_001, 70]);
      const memory = new Uint8Array(50_000);
      const pieces: PutOptions["pieces"] = function* ({ bytes }) {
        for (const piece of piecesOf(bytes, 4999)) {
          const reused = memory.subarray(1, 1 + piece.byteLength);
          reused.set(piece);
          yield reused;
          memory.fill(0xaa);
        }
      };
      expect("put of an entry", await put(store, stored, { pieces }), true);
      await expectEntry(store, stored);
    },
  },
  {
    name: "what is written to the memory of an entry after it was stored does not reach it",
    async check({ store }) {
      const stored = sample();
      const copies = stored.files.map(({ name, bytes }) => ({ name, bytes: bytes.slice() }));
      const manifest = stored.manifest.slice();
      const own = { ...stored, files: copies, manifest };
      expect("put", await put(store, own, { manifest: () => manifest }), true);
      for (const bytes of [manifest, ...copies.map((copy) => copy.bytes)]) bytes.fill(0);
      await expectEntry(store, stored);
    },
  },
  {
    name: "the manifest is asked for once all pieces were taken to the end",
    async check({ store }) {
      const stored = sample(undefined, [200_000, 0, 10]);
      let ended = 0;
      let atManifest = -1;
      const pieces: PutOptions["pieces"] = function* ({ bytes }) {
        yield* piecesOf(bytes);
        ended++;
      };
      const manifest = (): Uint8Array => {
        atManifest = ended;
        return stored.manifest.slice();
      };
      expect("put of an entry", await put(store, stored, { pieces, manifest }), true);
      expect("how many of 3 files were taken to the end before", atManifest, 3);
    },
  },
  {
    name: "an entry that is there stays where another one does not replace it",
    async check({ store }) {
      const [first, second] = [await putNew(store), sample()];
      expect("put without replace on an entry", await put(store, second), false);
      await expectEntry(store, first);
      await expectNoTrace(store, second);
      await expectBytesListed(store, first);
    },
  },
  {
    name: "an entry that is there gives way where another one replaces it",
    async check({ store }) {
      const options = { replace: true };
      const samples = [sample(), sample(undefined, [5]), sample(undefined, [7, 100_000, 9])];
      for (const each of samples) {
        expect("put with replace", await put(store, each, options), true);
        await expectEntry(store, each);
        await expectBytesListed(store, each);
      }
    },
  },
  {
    name: "of writers at the same time one wins, and its entry is whole",
    async check({ store, reopen }) {
      const others = reopen ? [await reopen(), await reopen()] : [];
      const stores = [store, ...others, store, ...others, store, store];
      const samples = stores.map(() => sample(undefined, [200_003, 50]));
      const won = await Promise.all(stores.map((each, i) => put(each, samples[i] as Sample)));
      const winners = samples.filter((_, i) => won[i]);
      expect(`how many of ${stores.length} writers won`, winners.length, 1);
      await expectEntry(store, winners[0] as Sample);
      await expectBytesListed(store, winners[0] as Sample);
      for (const each of samples) if (each !== winners[0]) await expectNoTrace(store, each);
    },
  },
  {
    name: "of writers that replace at the same time one stays, and its entry is whole",
    async check({ store, reopen }) {
      const other = (await reopen?.()) ?? store;
      const samples = Array.from({ length: 8 }, () => sample(undefined, [100_003, 50]));
      const options = { replace: true };
      const won = await Promise.all(
        samples.map((each, i) => put(i % 2 === 0 ? store : other, each, options)),
      );
      expect("whether any writer won", won.includes(true), true);
      const manifest = Buffer.from((await store.get(keyOf(), false)) ?? []);
      const last = samples.filter((each, i) => won[i] && manifest.equals(each.manifest));
      expect("how many winners the entry is of", last.length, 1);
      await expectEntry(store, last[0] as Sample);
      await expectBytesListed(store, last[0] as Sample);
    },
  },
  {
    name: "where a piece cannot be had, put rejects with that error and leaves nothing",
    async check({ store }) {
      const failed = sample(undefined, [10, 300_000]);
      await expectFailure(store, failed, failingPieces());
      await expectNoEntry(store, failed);
      await expectEntry(store, await putNew(store));
    },
  },
  {
    name: "where the manifest cannot be had, put rejects with that error and leaves nothing",
    async check({ store }) {
      const failed = sample();
      await expectFailure(store, failed, failingManifest());
      await expectNoEntry(store, failed);
      await expectEntry(store, await putNew(store));
    },
  },
  {
    name: "a replacement that fails leaves the entry that is there",
    async check({ store }) {
      const stored = await putNew(store);
      for (const failing of [failingPieces(), failingManifest()]) {
        const failed = sample(undefined, [10, 300_000]);
        await expectFailure(store, failed, {
          ...failing,
          options: { ...failing.options, replace: true },
        });
        await expectEntry(store, stored);
        await expectNoTrace(store, failed);
        await expectBytesListed(store, stored);
      }
    },
  },
];

interface Failing {
  readonly error: Error;
  readonly options: PutOptions;
}

function failingPieces(): Failing {
  const error = new Error("this piece cannot be had");
  const pieces: PutOptions["pieces"] = function* ({ bytes }) {
    for (const piece of piecesOf(bytes)) {
      yield piece;
      if (bytes.byteLength > piece.byteLength) throw error;
    }
  };
  return { error, options: { pieces } };
}

function failingManifest(): Failing {
  const error = new Error("the manifest cannot be had");
  const manifest = (): never => {
    throw error;
  };
  return { error, options: { manifest } };
}

async function expectFailure(
  store: StoreBackend,
  failed: Sample,
  { error, options }: Failing,
): Promise<void> {
  const what = "put of an entry that cannot be had";
  const expected = `a rejection with the error itself, "${error.message}"`;
  await expectRejection(what, put(store, failed, options), expected, (found) => found === error);
}

async function expectNoTrace(store: StoreBackend, { key, files }: Sample): Promise<void> {
  await store.flush();
  for (const { name } of files) await expectNoFile(store, key, name);
}

async function expectNoEntry(store: StoreBackend, failed: Sample): Promise<void> {
  expect("get of it", await store.get(failed.key, false), undefined);
  await expectNoTrace(store, failed);
  await expectListed("the list", store, []);
  expect("remove of it", await store.remove(failed.key), false);
}

async function expectBytesListed(store: StoreBackend, stored: Sample): Promise<void> {
  const bytes: number[] = [];
  for await (const entry of store.list()) bytes.push(entry.bytes);
  expect("the bytes of the entries in the list", bytes, [bytesOf(stored)]);
}
