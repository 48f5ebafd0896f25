/**
 * What a store that answers with promises holds, as entries.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BackendEntries } from "../../lib/call/entries/backend-entries.ts";
import type { NewEntry, StoredEntry } from "../../lib/call/entries/entries.ts";
import { Memory } from "../../lib/index.ts";
import type { SizeLimits } from "../../lib/store/limits/size-limits.ts";
import { MemoryStore } from "../helpers/memory-store.ts";

const quiet = { verbose: 0 } as const;

async function filled(limits?: SizeLimits) {
  const store = new MemoryStore(randomUUID());
  const memory = new Memory(store, quiet);
  const options = { module: "m", track: "none" } as const;
  const f = memory.cache((n: number) => new Float64Array(n), { ...options, name: "f" });
  const g = memory.cache((text: string) => text, { ...options, name: "g" });
  await Promise.all([f(1), f(2), g("x")]);
  return { store, entries: new BackendEntries(store, "memory", limits) };
}

async function listed(entries: BackendEntries, functionId?: string): Promise<StoredEntry[]> {
  const list: StoredEntry[] = [];
  for await (const entry of entries.list(functionId)) list.push(entry);
  return list;
}

test("entries are listed with their manifests, and without those that are damaged", async () => {
  const { store, entries } = await filled();
  const all = await listed(entries);
  assert.equal(all.map(({ manifest }) => manifest.key.functionId).sort(), ["m#f", "m#f", "m#g"]);
  for (const { path, manifest, bytes, lastUsed } of all) {
    assert.is(path, entries.path(manifest.key));
    assert.ok(bytes > manifest.metadata.bytes);
    assert.ok(Math.abs(lastUsed - Date.now()) < 60_000);
  }
  assert.is((await listed(entries, "m#f")).length, 2);
  const [first] = store.entries.entries();
  if (first) store.entries.set(first[0], { ...first[1], manifest: new Uint8Array(9) });
  assert.is((await listed(entries)).length, 2);
});

test("holdings are counted for each function, without reading a manifest", async () => {
  const { store, entries } = await filled();
  store.get = async () => {
    throw new Error("a manifest was read");
  };
  const holdings = await entries.holdings();
  const counts = holdings.map(({ functionId, items }) => [functionId, items]);
  assert.equal(counts.sort(), [
    ["m#f", 2],
    ["m#g", 1],
  ]);
  let bytes = 0;
  for await (const entry of store.list()) bytes += entry.bytes;
  assert.is(
    holdings.reduce((sum, holding) => sum + holding.bytes, 0),
    bytes,
  );
  assert.equal(
    (await entries.holdings("m#g")).map(({ items }) => items),
    [1],
  );
});

test("limits hold when the work in the background is done", async () => {
  const { store, entries } = await filled({ items: 2 });
  const [{ manifest }] = (await listed(entries)) as [StoredEntry];
  const { key, metadata } = manifest;
  const argsId = "0".repeat(32);
  const entry = { key: { ...key, argsId }, value: 1, async: false, replace: false };
  await entries.store({ ...entry, metadata: () => metadata } as Partial<NewEntry> as NewEntry);
  await entries.flush();
  assert.is(store.entries.size, 2);
  assert.is((await entries.reduce({ items: 1 }, false)).removed.items, 1);
  assert.equal(
    [...store.entries.values()].map((kept) => kept.key.argsId),
    [argsId],
  );
});

test.run();
