/**
 * Entries to test stores with: files of bytes that tell where they belong, and a manifest that tells
 * of the files.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import type { BackendEntry, BackendFile, StoreBackend } from "../store/backend.ts";
import type { EntryKey } from "../store/layout.ts";
import { expect, expectBytes, expectNoFile } from "./rule.ts";

/** An entry. */
export interface Sample {
  readonly key: EntryKey;
  readonly manifest: Uint8Array;
  readonly files: readonly SampleFile[];
}

/** A file of an entry. */
export interface SampleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A key; every argument that is left out is that of all other keys. */
export function keyOf(functionId = "lib/model.ts#fit", args = 0, code = 0): EntryKey {
  const hex = (number: number): string => number.toString(16).padStart(32, "0");
  return { functionId, codeId: hex(code), argsId: hex(args) };
}

/** Ids of functions that begin alike, or differ in case only. */
export const similarIds = [
  "lib/model.ts#fit",
  "lib/model.ts#fitting",
  "lib/model.ts#Fit",
  "lib/model.ts",
  "../../lib/model.ts#fit",
  "/lib/model.ts#fit",
] as const;

/** An entry with files of these lengths, whose bytes no other sample has. */
export function sample(key: EntryKey = keyOf(), lengths: readonly number[] = [100, 33]): Sample {
  const id = randomUUID();
  const nonce = id.slice(0, 8);
  const seed = Number.parseInt(nonce, 16);
  const files = lengths.map((length, slot) => {
    return { name: `${slot}-${nonce}.npy`, bytes: pattern(seed + slot, length) };
  });
  const described = files.map(({ name }, slot) => ({
    name,
    seed: seed + slot,
    length: lengths[slot],
  }));
  const manifest = JSON.stringify({ key, id, files: described, text: "größer ≥ \u{1f4c8}" });
  // No Buffer, whose `slice` is no copy.
  return { key, manifest: new TextEncoder().encode(manifest), files };
}

/** The files that a manifest tells of. @throws where it is none of a sample. */
export function filesOf(manifest: Uint8Array): readonly SampleFile[] {
  const { files } = JSON.parse(Buffer.from(manifest).toString()) as {
    readonly files: readonly {
      readonly name: string;
      readonly seed: number;
      readonly length: number;
    }[];
  };
  return files.map(({ name, seed, length }) => ({ name, bytes: pattern(seed, length) }));
}

/** Bytes, no two ranges of which are alike. */
function pattern(seed: number, length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 0x9e37_79b1) ^ (seed + i);
  return new Uint8Array(words.buffer, 0, length);
}

/** Pieces of an odd length, as views of the bytes. */
export function* piecesOf(bytes: Uint8Array, length = 65_521): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += length) yield bytes.subarray(at, at + length);
}

/** How a sample is put. */
export interface PutOptions {
  readonly replace?: boolean;
  readonly pieces?: (file: SampleFile) => Iterable<Uint8Array>;
  readonly manifest?: () => Uint8Array;
}

/** The sample as what a store is given. */
function entryOf({ files, manifest }: Sample, options: PutOptions = {}): BackendEntry {
  const { replace = false, pieces = ({ bytes }) => piecesOf(bytes) } = options;
  return {
    files: files.map((file): BackendFile => {
      const { name, bytes } = file;
      return { name, byteLength: bytes.byteLength, pieces: pieces(file) };
    }),
    manifest: options.manifest ?? (() => manifest.slice()),
    replace,
  };
}

/** Stores a sample. */
export function put(store: StoreBackend, stored: Sample, options?: PutOptions): Promise<boolean> {
  return store.put(stored.key, entryOf(stored, options));
}

/** Stores a new sample, which has to become the entry. */
export async function putNew(
  store: StoreBackend,
  key?: EntryKey,
  lengths?: readonly number[],
): Promise<Sample> {
  const made = sample(key, lengths);
  expect("put of an entry", await put(store, made), true);
  return made;
}

/** Reads a whole file. */
export async function readFile(
  store: StoreBackend,
  key: EntryKey,
  { name, bytes: { byteLength } }: SampleFile,
): Promise<Uint8Array> {
  const found = new Uint8Array(byteLength);
  const size = await store.read(key, name, 0, found);
  expect(`what read tells of the size of ${name}`, size, byteLength);
  return found;
}

/** Fails unless the sample is the entry of its key, with each file. */
export async function expectEntry(store: StoreBackend, expected: Sample): Promise<void> {
  const { key, manifest, files } = expected;
  const of = `of the entry ${JSON.stringify(key.functionId.slice(-30))}`;
  expectBytes(`the manifest ${of}`, await store.get(key, false), manifest);
  for (const file of files) {
    expectBytes(`the file ${file.name} ${of}`, await readFile(store, key, file), file.bytes);
  }
}

/** Fails unless nothing is left of an entry. */
export async function expectGone(store: StoreBackend, { key, files }: Sample): Promise<void> {
  expect("get of an entry that was removed", await store.get(key, false), undefined);
  for (const { name } of files) await expectNoFile(store, key, name);
}

/** The keys that a store lists, as texts. */
export async function listedKeys(store: StoreBackend, functionId?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(functionId)) keys.push(textOf(key));
  return keys;
}

/** Fails unless these are the entries that the store lists. */
export async function expectListed(
  what: string,
  store: StoreBackend,
  keys: readonly EntryKey[],
  functionId?: string,
): Promise<void> {
  const found = await listedKeys(store, functionId);
  const expected = keys.map(textOf);
  const missing = expected.filter((key) => !found.includes(key));
  const extra = found.filter((key, at) => !expected.includes(key) || found.indexOf(key) !== at);
  expect(`what ${what} lacks`, missing.slice(0, 3), []);
  expect(`what ${what} has besides, or more than once`, extra.slice(0, 3), []);
}

function textOf({ functionId, codeId, argsId }: EntryKey): string {
  return `${functionId} ${codeId}/${argsId}`;
}

/** Bytes of all files of an entry. */
export function bytesOf({ manifest, files }: Sample): number {
  return files.reduce((sum, { bytes }) => sum + bytes.byteLength, manifest.byteLength);
}
