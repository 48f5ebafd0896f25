/**
 * Stores that read wrongly.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { EntryKey } from "../../../lib/index.ts";
import { MemoryStore } from "../memory-store.ts";
import { keptOf, type Mutant, type Range, storing, withPieces } from "./mutant.ts";

/** Stores that read wrongly. */
export const reading: readonly Mutant[] = [
  {
    rule: "what was never stored is not there",
    how: "gives an empty manifest for a missing entry",
    Store: class extends MemoryStore {
      override async get(key: EntryKey, isUse: boolean): Promise<Uint8Array> {
        return (await super.get(key, isUse)) ?? new Uint8Array();
      }
    },
  },
  {
    rule: "what was never stored is not there",
    how: "rejects without the code ENOENT",
    Store: class extends MemoryStore {
      override async read(...range: Range): Promise<number> {
        return super.read(...range).catch((error: Error) => {
          throw new Error(error.message);
        });
      }
    },
  },
  {
    rule: "what was never stored is not there",
    how: "removes what there is not",
    Store: class extends MemoryStore {
      override async remove(key: EntryKey): Promise<boolean> {
        await super.remove(key);
        return true;
      }
    },
  },
  {
    rule: "manifest and files come back byte for byte, whatever their size",
    how: "keeps the first MiB of a file",
    Store: storing((entry) =>
      withPieces(entry, function* ({ pieces }) {
        let position = 0;
        for (const piece of pieces) {
          if (position < 2 ** 20) yield piece;
          position += piece.byteLength;
        }
      }),
    ),
  },
  {
    rule: "manifest and files come back byte for byte, whatever their size",
    how: "keeps manifests in the wrong encoding",
    Store: class extends MemoryStore {
      override async get(key: EntryKey, isUse: boolean): Promise<Uint8Array | undefined> {
        const bytes = await super.get(key, isUse);
        return bytes && new TextEncoder().encode(Buffer.from(bytes).toString("latin1"));
      }
    },
  },
  {
    rule: "manifest and files come back byte for byte, whatever their size",
    how: "has no empty files",
    Store: storing(({ files, ...rest }) => {
      return { files: files.filter(({ byteLength }) => byteLength > 0), ...rest };
    }),
  },
  {
    rule: "read fills the range it is asked for, and nothing else",
    how: "reads from the beginning",
    Store: class extends MemoryStore {
      override read(key: EntryKey, file: string, _: number, target: Uint8Array): Promise<number> {
        return super.read(key, file, 0, target);
      }
    },
  },
  {
    rule: "read fills the range it is asked for, and nothing else",
    how: "writes to the whole buffer of the target",
    Store: class extends MemoryStore {
      override read(...[key, file, position, target]: Range): Promise<number> {
        return super.read(key, file, position, new Uint8Array(target.buffer, 0, target.length));
      }
    },
  },
  {
    rule: "read tells how many bytes the file has",
    how: "tells how many bytes it read",
    Store: class extends MemoryStore {
      override async read(...range: Range): Promise<number> {
        await super.read(...range);
        return range[3].byteLength;
      }
    },
  },
  {
    rule: "read beyond the end of a file rejects",
    how: "reads as far as there are bytes",
    Store: class extends MemoryStore {
      override async read(...[key, file, position, target]: Range): Promise<number> {
        const size = await super.read(key, file, 0, new Uint8Array());
        const there = Math.max(0, Math.min(target.byteLength, size - position));
        return super.read(key, file, Math.min(position, size), target.subarray(0, there));
      }
    },
  },
  {
    rule: "a file belongs to its entry",
    how: "finds a file by its name alone",
    Store: class extends MemoryStore {
      override async read(...[key, file, position, target]: Range): Promise<number> {
        const owner = [...this.entries.values()].find(({ files }) => files.has(file));
        return super.read(owner?.key ?? key, file, position, target);
      }
    },
  },
  {
    rule: "bytes that were handed out belong to the caller",
    how: "hands out the manifest that it keeps",
    Store: class extends MemoryStore {
      override async get(key: EntryKey): Promise<Uint8Array | undefined> {
        return keptOf(this, key)?.[1].manifest;
      }
    },
  },
  {
    rule: "a file on this machine has the bytes of the file of the entry, also after a replacement",
    how: "names a file with other bytes",
    Store: class extends MemoryStore {
      override async localFile(): Promise<string> {
        return fileURLToPath(import.meta.url);
      }
    },
  },
];
