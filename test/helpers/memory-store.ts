/**
 * A store in the memory of this process: the example of `docs/stores.md`.
 *
 * @module
 */

import {
  type BackendEntry,
  type EntryKey,
  type ListedEntry,
  StoreBackend,
} from "../../lib/index.ts";

/** What is kept of an entry. */
export interface Kept {
  readonly key: EntryKey;
  readonly manifest: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  lastUsed: number;
}

const places = new Map<string, Map<string, Kept>>();

/** A store in memory. Instances with the same location share their entries. */
export class MemoryStore extends StoreBackend {
  readonly location: string;
  readonly entries: Map<string, Kept>;

  constructor(location: string) {
    super();
    this.location = location;
    this.entries = places.get(location) ?? new Map();
    places.set(location, this.entries);
  }

  async get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined> {
    const entry = this.entries.get(nameOf(key));
    if (entry && isUse) entry.lastUsed = Date.now();
    return entry?.manifest.slice();
  }

  async read(key: EntryKey, file: string, position: number, target: Uint8Array): Promise<number> {
    const bytes = this.entries.get(nameOf(key))?.files.get(file);
    if (!bytes) throw Object.assign(new Error(`there is no file ${file}`), { code: "ENOENT" });
    const end = position + target.byteLength;
    if (end > bytes.byteLength) throw new Error(`${file} ends at byte ${bytes.byteLength}`);
    target.set(bytes.subarray(position, end));
    return bytes.byteLength;
  }

  async put(key: EntryKey, { files, manifest, replace }: BackendEntry): Promise<boolean> {
    const written = new Map<string, Uint8Array>();
    for (const { name, byteLength, pieces } of files) {
      const bytes = new Uint8Array(byteLength);
      let position = 0;
      for (const piece of pieces) {
        bytes.set(piece, position);
        position += piece.byteLength;
      }
      written.set(name, bytes);
    }
    const kept = { key, manifest: manifest().slice(), files: written, lastUsed: Date.now() };
    if (this.entries.has(nameOf(key)) && !replace) return false;
    this.entries.set(nameOf(key), kept);
    return true;
  }

  async remove(key: EntryKey): Promise<boolean> {
    return this.entries.delete(nameOf(key));
  }

  async *list(functionId?: string): AsyncGenerator<ListedEntry> {
    for (const { key, manifest, files, lastUsed } of [...this.entries.values()]) {
      if (functionId !== undefined && key.functionId !== functionId) continue;
      let bytes = manifest.byteLength;
      for (const file of files.values()) bytes += file.byteLength;
      yield { key, bytes, lastUsed };
    }
  }
}

function nameOf({ functionId, codeId, argsId }: EntryKey): string {
  return JSON.stringify([functionId, codeId, argsId]);
}
