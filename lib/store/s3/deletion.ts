/**
 * Deletion of entries and of what belongs to none: only objects with names of ours, the manifest
 * first, a thousand with each request.
 *
 * @module
 */

import type { ListedEntry } from "../backend.ts";
import { MANIFEST } from "../layout.ts";
import type { Bucket } from "./bucket.ts";
import { type Group, groupOf, groupsOf, leftoversOf, objectsOf } from "./listing.ts";
import { type ObjectNames, USED } from "./names.ts";
import type { ListedObject } from "./object.ts";
import { type Unpacked, unpack } from "./pack.ts";

const MOST_AT_ONCE = 1000;

/** Deletes an entry; tells whether there was one. */
export async function deleteEntry(bucket: Bucket, prefix: string): Promise<boolean> {
  const object = await bucket.get(prefix + MANIFEST);
  if (!object) return false;
  const entry = unpack(object);
  await bucket.delete([prefix + MANIFEST]);
  await deleteReplaced(bucket, prefix, entry, [prefix + USED]);
  return true;
}

/** Deletes the files of an entry that was removed or replaced, and others of ours. */
export async function deleteReplaced(
  bucket: Bucket,
  prefix: string,
  { files, manifest }: Unpacked,
  others: readonly string[] = [],
): Promise<void> {
  const names = [...others];
  if (!files) {
    for await (const page of bucket.list(prefix)) {
      for (const { name } of page) if (mentions(manifest, name)) names.push(name);
    }
  }
  await bucket.delete(names);
}

/** Deletes entries of a list. */
export async function deleteListed(
  bucket: Bucket,
  names: ObjectNames,
  entries: readonly ListedEntry[],
): Promise<void> {
  const rest: string[] = [];
  const manifests: string[] = [];
  for (const entry of entries) {
    const group = groupOf(entry);
    const [manifest = names.manifest(entry.key), ...others] = group ? objectsOf(group) : [];
    manifests.push(manifest);
    rest.push(...others);
  }
  await bucket.delete(manifests);
  await bucket.delete(rest);
}

/** Deletes the entries of a function, or all. */
export async function clear(
  bucket: Bucket,
  names: ObjectNames,
  functionId?: string,
): Promise<void> {
  const gathered = new Deletion(bucket);
  for await (const group of groupsOf(bucket, names, names.function(functionId))) {
    await gathered.add(objectsOf(group));
  }
  await gathered.end();
}

/**
 * Deletes what belongs to no entry and is older than a time, by the clock of the service; tells how
 * many objects that were.
 */
export async function sweep(
  bucket: Bucket,
  names: ObjectNames,
  graceTime: number,
): Promise<number> {
  const gathered = new Deletion(bucket);
  let before: number | undefined;
  for await (const group of groupsOf(bucket, names, names.root)) {
    // The first answer has told the time.
    before ??= bucket.clock.now() - graceTime;
    const { sure, doubtful } = leftoversOf(group, before);
    const unmentioned = doubtful.length > 0 ? await notMentioned(bucket, group, doubtful) : [];
    await gathered.add([...sure, ...unmentioned].map(({ name }) => name));
  }
  await gathered.end();
  return gathered.count + (await abortUploads(bucket, names, graceTime));
}

/** Names that are deleted a thousand at a time. */
class Deletion {
  count = 0;
  readonly #bucket: Bucket;
  #names: string[] = [];

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** Takes names down, in the order in which they are to go. */
  async add(names: readonly string[]): Promise<void> {
    for (const name of names) this.#names.push(name);
    if (this.#names.length >= MOST_AT_ONCE) await this.end();
  }

  /** Deletes what was taken down. */
  async end(): Promise<void> {
    const names = this.#names;
    this.#names = [];
    // Manifests first: the objects of one entry may be cut apart.
    names.sort((a, b) => Number(b.endsWith(`/${MANIFEST}`)) - Number(a.endsWith(`/${MANIFEST}`)));
    await this.#bucket.delete(names);
    this.count += names.length;
  }
}

async function notMentioned(
  bucket: Bucket,
  { manifest }: Group,
  files: readonly ListedObject[],
): Promise<ListedObject[]> {
  const object = manifest && (await bucket.get(manifest.name));
  if (!object) return [];
  const entry = unpack(object);
  return files.filter(({ name }) => entry.files !== undefined || !mentions(entry.manifest, name));
}

/** Whether a manifest names the file of an object; each file has a name that no other one has. */
function mentions(manifest: Uint8Array, object: string): boolean {
  const file = object.slice(object.lastIndexOf("/") + 1);
  return Buffer.from(manifest.buffer, manifest.byteOffset, manifest.byteLength).includes(
    JSON.stringify(file),
  );
}

async function abortUploads(
  bucket: Bucket,
  names: ObjectNames,
  graceTime: number,
): Promise<number> {
  let count = 0;
  for await (const { name, upload, begun } of bucket.multipart.list(names.root)) {
    if (!(begun < bucket.clock.now() - graceTime) || !names.parse(name)) continue;
    await bucket.multipart.abort(name, upload);
    count++;
  }
  return count;
}
