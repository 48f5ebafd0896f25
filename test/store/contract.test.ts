/**
 * The contract of stores: kept by two stores, and broken, rule by rule, by others.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { MANIFEST } from "../../lib/store/layout.ts";
import { type StoreUnderTest, storeContract } from "../../lib/testing.ts";
import { DirectoryStore } from "../helpers/directory-store.ts";
import { LockingStore } from "../helpers/locking-store.ts";
import { MemoryStore } from "../helpers/memory-store.ts";
import { keeping } from "../helpers/mutants/keeping.ts";
import { locking } from "../helpers/mutants/locking.ts";
import { keptOf } from "../helpers/mutants/mutant.ts";
import { reading } from "../helpers/mutants/reading.ts";
import { writing } from "../helpers/mutants/writing.ts";
import { withWarnings } from "../helpers/warnings.ts";

const mutants = [...reading, ...writing, ...keeping, ...locking];

function inMemory(Store: typeof MemoryStore): StoreUnderTest {
  const location = randomUUID();
  const store = new Store(location);
  return {
    store,
    reopen: () => new Store(location),
    age(key, milliseconds) {
      const [, kept] = keptOf(store, key) ?? [];
      if (kept) kept.lastUsed -= milliseconds;
    },
    dispose: () => store.entries.clear(),
  };
}

function onDisk(): StoreUnderTest {
  const location = mkdtempSync(join(realpathSync(tmpdir()), "ndmemo-test-"));
  const store = new DirectoryStore(location);
  return {
    store,
    reopen: () => new DirectoryStore(location),
    age(key, milliseconds) {
      const path = store.path(key, MANIFEST);
      const then = (statSync(path).mtimeMs - milliseconds) / 1000;
      utimesSync(path, then, then);
    },
    dispose: () => rmSync(location, { recursive: true }),
  };
}

for (const { name, run } of storeContract({ create: () => inMemory(MemoryStore) })) {
  test(`a store in memory: ${name}`, async () => void (await withWarnings(run)));
}

for (const { name, run } of storeContract({ create: () => inMemory(LockingStore) })) {
  test(`a store in memory with locks: ${name}`, async () => void (await withWarnings(run)));
}

for (const { name, run } of storeContract({ create: onDisk })) {
  test(`a store on the disk: ${name}`, async () => void (await withWarnings(run)));
}

for (const { rule, how, Store } of mutants) {
  test(`a store that ${how} breaks the rule: ${rule}`, async () => {
    const contract = storeContract({ create: () => inMemory(Store) });
    const { run } = contract.find(({ name }) => name === rule) ?? {};
    assert.ok(run, `there is no rule "${rule}"`);
    const { result: error } = await withWarnings(() => run?.().then(String, (thrown) => thrown));
    assert.instance(error, Error, "the store passed");
    assert.ok((error as Error).message.startsWith(`${rule}: `), String(error));
  });
}

test("each rule is broken by a store", () => {
  const contract = storeContract({ create: () => inMemory(MemoryStore) });
  const broken = new Set(mutants.map(({ rule }) => rule));
  assert.equal(
    contract.map(({ name }) => name).filter((name) => !broken.has(name)),
    [],
  );
});

test("a broken rule says what was expected and what was found, and the store is disposed of", async () => {
  let disposed = 0;
  const create = (): StoreUnderTest => ({
    ...inMemory(MemoryStore),
    store: new (class extends MemoryStore {
      override async remove(): Promise<boolean> {
        return true;
      }
    })("x"),
    dispose() {
      disposed++;
    },
  });
  const [first] = storeContract({ create });
  const error = await first?.run().then(String, (thrown: Error) => thrown);
  assert.instance(error, Error);
  const { message, cause } = error as Error;
  const expected = "remove of a missing entry: expected false, found true";
  assert.is(message, `what was never stored is not there: ${expected}`);
  assert.is((cause as Error).message, expected);
  assert.is(disposed, 1);
});

test("the store that docs/stores.md shows is the one that is tested", () => {
  const root = new URL("../../", import.meta.url);
  const page = readFileSync(new URL("docs/stores.md", root), "utf8");
  const code = readFileSync(new URL("test/helpers/memory-store.ts", root), "utf8")
    .replace(/^\/\*\*.*?\*\/\s*/s, "")
    .replace("../../lib/index.ts", "ndmemo");
  assert.ok(page.includes(`\`\`\`ts\n${code}\`\`\``));
});

test.run();
