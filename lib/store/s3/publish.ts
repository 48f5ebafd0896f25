/**
 * The one step by which an entry appears: its object is written on the condition that there is none,
 * or that the one there is still the one which was looked at.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { warn } from "../../warning.ts";
import type { Bucket } from "./bucket.ts";
import { type Unpacked, unpack } from "./pack.ts";

/** The object of an entry that is to appear. */
export interface NewObject {
  readonly name: string;
  readonly body: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether an entry that is already there gives way; if not, it stays. */
  readonly replace: boolean;
  /** The number of the lease under which it was made; 0 for none. */
  readonly fence: number;
}

/** What came of it. */
export interface Published {
  /** Whether it is now the entry. */
  readonly isEntry: boolean;
  /** The entry that gave way to it. */
  readonly replaced?: Unpacked | undefined;
}

const MOST_TRIES = 30;
const said = new Set<string>();

/** Makes an object the entry of its name. @throws S3Error. */
export async function publish(bucket: Bucket, object: NewObject): Promise<Published> {
  const { name, body, replace, fence } = object;
  const metadata = {
    ...object.metadata,
    writer: randomUUID(),
    ...(fence > 0 && { fence: String(fence) }),
  };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const current = replace ? await read(bucket, name) : undefined;
    // Who lost its lease while it was paused does not replace what the next one has stored.
    if (current && fence > 0 && current.fence > fence) return { isEntry: false };
    const condition = current
      ? ({ is: "same", etag: current.etag } as const)
      : ({ is: "absent" } as const);
    const outcome = await bucket.put(name, body, metadata, condition);
    if (outcome === "written") return { isEntry: true, replaced: current };
    if (outcome === "unknown") return await publishAnyway(bucket, { ...object, metadata });
    if (!replace) return { isEntry: false };
    await sleep(Math.random() * 10 * (tries + 1));
  }
  return { isEntry: false };
}

/** On services without conditions the last writer wins. */
async function publishAnyway(bucket: Bucket, object: NewObject): Promise<Published> {
  sayOnce(bucket);
  const { name, body, metadata, replace, fence } = object;
  const current = await read(bucket, name);
  const mayStay = current && (!replace || (fence > 0 && current.fence > fence));
  if (mayStay) return { isEntry: false };
  await bucket.put(name, body, metadata);
  return { isEntry: true, replaced: current };
}

async function read(bucket: Bucket, name: string): Promise<Unpacked | undefined> {
  const object = await bucket.get(name);
  return object && unpack(object);
}

function sayOnce({ name }: Bucket): void {
  if (said.has(name)) return;
  said.add(name);
  warn(
    "CACHE_NO_CONDITIONS",
    `The service of the bucket ${name} cannot write on a condition (If-None-Match): of writers of ` +
      "one entry at the same time the last one wins, and locks hold back nobody",
  );
}
