/**
 * What a bucket holds, from the names, sizes and times of objects: a request for each thousand.
 *
 * The objects of an entry follow each other in a list. Whether a file belongs to the entry beside it
 * says only the manifest, which is read where something looks odd.
 *
 * @module
 */

import type { ListedEntry } from "../backend.ts";
import { MANIFEST } from "../layout.ts";
import type { Bucket } from "./bucket.ts";
import { functionIdOf, LEASE, type ObjectName, type ObjectNames, USED } from "./names.ts";
import type { ListedObject } from "./object.ts";
import { LARGEST_PACK, unpack } from "./pack.ts";

/** The objects of one entry, or of what is left of one. */
export interface Group extends Pick<ObjectName, "directory" | "codeId" | "argsId"> {
  /** What their names begin with. */
  readonly prefix: string;
  /** The manifest; `undefined` where there is no entry. */
  manifest: ListedObject | undefined;
  used: ListedObject | undefined;
  lease: ListedObject | undefined;
  /** All others. */
  readonly files: ListedObject[];
}

/** Puts the objects of a list together. Objects with names of others are left out. */
export async function* groupsOf(
  bucket: Bucket,
  names: ObjectNames,
  prefix: string,
): AsyncGenerator<Group> {
  let group: Group | undefined;
  for await (const page of bucket.list(prefix)) {
    for (const object of page) {
      const parsed = names.parse(object.name);
      if (!parsed) continue;
      const { directory, codeId, argsId, file } = parsed;
      const start = object.name.slice(0, -file.length);
      if (group?.prefix !== start) {
        if (group) yield group;
        const nothing = { manifest: undefined, used: undefined, lease: undefined };
        group = { prefix: start, directory, codeId, argsId, ...nothing, files: [] };
      }
      if (file === MANIFEST) group.manifest = object;
      else if (file === USED) group.used = object;
      else if (file === LEASE) group.lease = object;
      else group.files.push(object);
    }
  }
  if (group) yield group;
}

/** The names of all objects of a group, the manifest first. */
export function objectsOf({ manifest, used, files }: Group): string[] {
  const objects = [manifest, used, ...files].filter((object) => object !== undefined);
  return objects.map(({ name }) => name);
}

const groups = new WeakMap<ListedEntry, Group>();

/** The objects of an entry that {@link listEntries} gave. */
export function groupOf(entry: ListedEntry): Group | undefined {
  return groups.get(entry);
}

/** The entries whose names begin so. */
export async function* listEntries(
  bucket: Bucket,
  names: ObjectNames,
  functionId?: string,
): AsyncGenerator<ListedEntry> {
  const cut = new Map<string, string | undefined>();
  for await (const group of groupsOf(bucket, names, names.function(functionId))) {
    const { directory, codeId, argsId, manifest, used, files } = group;
    if (!manifest) continue;
    let id = functionId ?? functionIdOf(directory) ?? cut.get(directory);
    if (id === undefined) {
      id = await readFunctionId(bucket, manifest.name);
      if (id === undefined) continue;
      cut.set(directory, id);
    }
    const entry: ListedEntry = {
      key: { functionId: id, codeId, argsId },
      bytes: files.reduce((sum, { bytes }) => sum + bytes, manifest.bytes),
      lastUsed: Math.min(
        bucket.clock.toLocal(Math.max(manifest.modified, used?.modified ?? 0)),
        Date.now(),
      ),
    };
    groups.set(entry, group);
    yield entry;
  }
}

/** Names that were cut do not tell the function; all manifests below one do. */
async function readFunctionId(bucket: Bucket, name: string): Promise<string | undefined> {
  const object = await bucket.get(name);
  if (!object) return undefined;
  try {
    const { manifest } = unpack(object);
    const { key } = JSON.parse(Buffer.from(manifest).toString()) as {
      readonly key?: { readonly functionId?: unknown };
    };
    return typeof key?.functionId === "string" ? key.functionId : undefined;
  } catch {
    return undefined;
  }
}

/** What belongs to no entry in a group, as far as the list shows. */
export interface Leftovers {
  /** Files that may belong to no entry: those that the manifest does not mention. */
  readonly doubtful: readonly ListedObject[];
  /** Objects that belong to none. */
  readonly sure: readonly ListedObject[];
}

/** Finds what belongs to no entry and was written before a time of the service. */
export function leftoversOf(group: Group, before: number): Leftovers {
  const { manifest, used, lease, files } = group;
  const isOld = ({ modified }: ListedObject): boolean => modified < before;
  const sure = lease && isOld(lease) ? [lease] : [];
  const old = files.filter(isOld);
  if (!manifest) {
    // A file that is being uploaded now speaks for the others.
    const isOver = files.every(isOld);
    return {
      doubtful: [],
      sure: [...sure, ...(isOver ? old : []), ...(used && isOld(used) ? [used] : [])],
    };
  }
  const nonces = new Set(files.map(({ name }) => /-([0-9a-f]{8})\.[^/]*$/.exec(name)?.[1]));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const isOdd =
    nonces.size > 1 ||
    files.some(({ modified }) => modified > manifest.modified + 1000) ||
    bytes <= LARGEST_PACK;
  return { doubtful: isOdd ? old : [], sure };
}
