/**
 * The local store behind the interface of other stores, so that the contract is tried on a disk.
 *
 * @module
 */

import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type BackendEntry,
  type EntryKey,
  type ListedEntry,
  StoreBackend,
} from "../../lib/index.ts";
import { readInto, withFile } from "../../lib/store/file.ts";
import { MANIFEST } from "../../lib/store/layout.ts";
import { LocalStore } from "../../lib/store/local.ts";
import { filesIn } from "./tmp.ts";

/** A local store that answers with promises. */
export class DirectoryStore extends StoreBackend {
  readonly location: string;
  readonly #local: LocalStore;

  constructor(location: string) {
    super();
    this.location = location;
    this.#local = new LocalStore(location, { durable: false });
  }

  /** The path of a file of an entry. */
  path(key: EntryKey, file: string): string {
    return this.#local.path(key, file);
  }

  async get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined> {
    const bytes = this.#local.readManifest(key, isUse);
    return bytes && Uint8Array.from(bytes);
  }

  async read(key: EntryKey, file: string, position: number, target: Uint8Array): Promise<number> {
    const path = this.path(key, file);
    withFile(path, "r", (fd) => readInto(fd, target, position));
    return statSync(path).size;
  }

  async put(key: EntryKey, { files, manifest, replace }: BackendEntry): Promise<boolean> {
    const draft = this.#local.draft();
    try {
      for (const { name, pieces, modified } of files) draft.write(name, pieces, modified);
      draft.write(MANIFEST, [manifest()]);
      return this.#local.publish(draft, key, () => ({}), { replace, isWhole: () => true });
    } finally {
      draft.discard();
    }
  }

  async remove(key: EntryKey): Promise<boolean> {
    return this.#local.remove(key);
  }

  async *list(functionId?: string): AsyncGenerator<ListedEntry> {
    for (const file of filesIn(this.location)) {
      if (!file.endsWith(MANIFEST)) continue;
      const path = join(this.location, file);
      const { key } = JSON.parse(readFileSync(path, "utf8")) as { readonly key: EntryKey };
      if (functionId !== undefined && key.functionId !== functionId) continue;
      const entry = dirname(path);
      const bytes = filesIn(entry).reduce((sum, name) => sum + statSync(join(entry, name)).size, 0);
      yield { key, bytes, lastUsed: statSync(path).mtimeMs };
    }
  }

  override async clear(functionId?: string): Promise<void> {
    this.#local.clear(functionId);
  }

  override async localFile(key: EntryKey, file: string): Promise<string | undefined> {
    const path = this.path(key, file);
    return statSync(path, { throwIfNoEntry: false }) && path;
  }
}
