/**
 * Rules about reading.
 *
 * @module
 */

import { expect, expectBytes, expectNoFile, expectRejection, type Rule } from "./rule.ts";
import { expectEntry, expectListed, keyOf, putNew, readFile, type SampleFile } from "./sample.ts";

const MIB = 2 ** 20;

/** A file that every sample of these lengths has. */
function first(files: readonly SampleFile[]): SampleFile {
  const [file] = files;
  if (file) return file;
  throw new Error("the sample has no file");
}

/** Rules about reading. */
export const reading: readonly Rule[] = [
  {
    name: "what was never stored is not there",
    async check({ store }) {
      expect("get of a missing entry", await store.get(keyOf(), true), undefined);
      await expectNoFile(store, keyOf(), "0-0123abcd.npy");
      expect("remove of a missing entry", await store.remove(keyOf()), false);
      await expectListed("the list of an empty store", store, []);
      await store.clear();
      await store.flush();
      const path = await store.localFile(keyOf(), "0-0123abcd.npy");
      expect("localFile of a missing entry", path, undefined);
    },
  },
  {
    name: "manifest and files come back byte for byte, whatever their size",
    async check({ store }) {
      await expectEntry(store, await putNew(store, keyOf("f", 1), [0, 1, 4097, 3 * MIB + 5]));
      await expectEntry(store, await putNew(store, keyOf("f", 2), []));
    },
  },
  {
    name: "read fills the range it is asked for, and nothing else",
    async check({ store }) {
      const { key, files } = await putNew(store, keyOf(), [MIB + 7]);
      const { name, bytes } = first(files);
      for (const shared of [false, true]) {
        const memory = shared ? new SharedArrayBuffer(5100) : new ArrayBuffer(5100);
        for (const [position, length] of RANGES) {
          const around = new Uint8Array(memory).fill(0xaa);
          const target = new Uint8Array(memory, 50, length);
          await store.read(key, name, position, target);
          const what = `the target of ${length} bytes from position ${position}`;
          expectBytes(what, target.slice(), bytes.slice(position, position + length));
          const outside = [...around.subarray(0, 50), ...around.subarray(50 + length)];
          const isUntouched = outside.every((byte) => byte === 0xaa);
          expect(`whether what lies around ${what} is untouched`, isUntouched, true);
        }
      }
    },
  },
  {
    name: "read tells how many bytes the file has",
    async check({ store }) {
      const { key, files } = await putNew(store, keyOf(), [5003, 0]);
      for (const { name, bytes } of files) {
        for (const length of new Set([0, Math.min(bytes.byteLength, 7)])) {
          const size = await store.read(key, name, 0, new Uint8Array(length));
          expect(`what read of ${length} bytes of ${name} resolves to`, size, bytes.byteLength);
        }
      }
    },
  },
  {
    name: "read beyond the end of a file rejects",
    async check({ store }) {
      const { key, files } = await putNew(store, keyOf(), [1000]);
      const { name } = first(files);
      for (const position of [1, 999, 1000, 5000]) {
        const read = store.read(key, name, position, new Uint8Array(1000));
        const what = `read of 1000 bytes from position ${position} of a file of 1000`;
        await expectRejection(what, read, "a rejection", () => true);
      }
    },
  },
  {
    name: "a file belongs to its entry",
    async check({ store }) {
      const one = await putNew(store, keyOf("f", 1));
      const other = await putNew(store, keyOf("f", 2));
      await expectNoFile(store, one.key, "9-0123abcd.npy");
      await expectNoFile(store, one.key, first(other.files).name);
      await expectNoFile(store, keyOf("f", 3), first(one.files).name);
    },
  },
  {
    name: "bytes that were handed out belong to the caller",
    async check({ store }) {
      const stored = await putNew(store);
      const manifest = await store.get(stored.key, false);
      manifest?.fill(0);
      (await readFile(store, stored.key, first(stored.files))).fill(0);
      await expectEntry(store, stored);
    },
  },
];

const RANGES: readonly (readonly [position: number, length: number])[] = [
  [0, 5000],
  [1, 1],
  [64, 4096],
  [65_520, 3],
  [MIB, 7],
  [MIB + 7, 0],
];
