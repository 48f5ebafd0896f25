/**
 * What the compiler knows of other stores. Checked by `tsc`, never run.
 *
 * @module
 */

import {
  type BackendEntry,
  type EntryKey,
  type ListedEntry,
  type MemorizedResult,
  Memory,
  type NotMemorizedResult,
  type Outcome,
  registerStoreBackend,
  StoreBackend,
} from "../../lib/index.ts";
import { storeContract } from "../../lib/testing.ts";
import { MemoryStore } from "../helpers/memory-store.ts";

/** Fails to compile unless both types are the same. */
function same<A, B>(
  ..._proof: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]
): void {}

const memory = new Memory(new MemoryStore("place"), { mmapMode: "r" });

// A synchronous function returns a promise, and one that returns a promise stays as it is.
const gram = memory.cache(function gram(x: Float64Array, n = 1) {
  return x.slice(0, n);
});
same<ReturnType<typeof gram>, Promise<Float64Array<ArrayBuffer>>>();
same<Parameters<typeof gram>, [x: Float64Array, n?: number | undefined]>();
const later = memory.cache(async (x: number) => [x], { name: "later" });
same<ReturnType<typeof later>, Promise<number[]>>();
// @ts-expect-error: the result is a promise
const wrong: Float64Array = gram(new Float64Array(3));
void wrong;
// @ts-expect-error: the second argument is a number
void gram(new Float64Array(3), "2");

// So do the members of a cached function, and references to results.
const shelved = gram.callAndShelve(new Float64Array(3));
type Shelved =
  | MemorizedResult<Float64Array<ArrayBuffer>, "promise">
  | NotMemorizedResult<Float64Array<ArrayBuffer>, "promise">;
same<typeof shelved, Promise<Shelved>>();
same<ReturnType<Shelved["get"]>, Promise<Float64Array<ArrayBuffer>>>();
same<ReturnType<Shelved["clear"]>, Promise<void>>();
same<ReturnType<typeof gram.checkCallInCache>, Promise<boolean>>();
same<ReturnType<typeof gram.forget>, Promise<boolean>>();
same<ReturnType<typeof gram.clear>, Promise<void>>();
same<ReturnType<typeof gram.recompute>, Promise<Outcome<Float64Array<ArrayBuffer>>>>();
same<ReturnType<typeof memory.clear>, Promise<void>>();
const evaluated = memory.eval((x: number) => `${x}`, 1);
same<typeof evaluated, Promise<string>>();

// A backend that is named has the same effect; "local" has none.
const named = new Memory("place", { backend: "memory", backendOptions: { size: 1 } });
const ofNamed = named.cache((x: number) => x, { name: "a" });
same<ReturnType<typeof ofNamed>, Promise<number>>();
same<typeof named.backend, "memory">();
const local = new Memory("place", { backend: "local" });
const ofLocal = local.cache((x: number) => x, { name: "b" });
same<ReturnType<typeof ofLocal>, number>();
// @ts-expect-error: a backend is named by a string
new Memory("place", { backend: MemoryStore });
// @ts-expect-error: a store is an instance
new Memory(MemoryStore);

interface Options {
  readonly bucket: string;
}

class Remote extends StoreBackend {
  readonly location: string;

  constructor(location: string, { bucket }: Options) {
    super();
    this.location = location + bucket;
  }
  async get(_key: EntryKey, _isUse: boolean): Promise<Uint8Array | undefined> {
    return undefined;
  }
  async read(_key: EntryKey, _file: string, at: number, target: Uint8Array): Promise<number> {
    return at + target.byteLength;
  }
  async put(_key: EntryKey, { files, manifest, replace }: BackendEntry): Promise<boolean> {
    // @ts-expect-error: what a store is given is not to be changed
    if (replace) files.pop();
    return manifest().byteLength > 0;
  }
  async remove(): Promise<boolean> {
    return false;
  }
  async *list(): AsyncGenerator<ListedEntry> {}
}
registerStoreBackend("remote", Remote);

// @ts-expect-error: methods are missing
class Half extends StoreBackend {
  readonly location = "";
}
void Half;

class Wrong extends MemoryStore {
  // @ts-expect-error: a store answers with promises
  override get(): Uint8Array | undefined {
    return undefined;
  }
}
void Wrong;

// @ts-expect-error: a class, not an instance
registerStoreBackend("x", new MemoryStore("place"));
// @ts-expect-error: a store
registerStoreBackend("x", Map);
// @ts-expect-error: the name comes first
registerStoreBackend(MemoryStore, "x");

for (const { name, run } of storeContract({ create: () => ({ store: new MemoryStore("x") }) })) {
  same<typeof name, string>();
  same<ReturnType<typeof run>, Promise<void>>();
}
// @ts-expect-error: the store is in an object
storeContract({ create: () => new MemoryStore("x") });
