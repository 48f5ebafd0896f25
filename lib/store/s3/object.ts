/**
 * What an object is, and how its body is read.
 *
 * @module
 */

import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { ShortBody } from "./fault.ts";

/** What is known of an object. */
export interface ObjectInfo {
  readonly bytes: number;
  /** As the service gave it, with quotes. */
  readonly etag: string;
  /** When it was written, in milliseconds since 1970, by the service; exact to a second. */
  readonly modified: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object, with its bytes. */
export interface WholeObject extends ObjectInfo {
  readonly body: Uint8Array<ArrayBuffer>;
}

/** An object in a list. */
export interface ListedObject {
  readonly name: string;
  readonly bytes: number;
  /** When it was written, in milliseconds since 1970, by the service. */
  readonly modified: number;
}

/** Where a range of an object goes; `position` counts from the begin of the range. */
export type Receive = (chunk: Uint8Array, position: number) => void | Promise<void>;

/** What an answer tells of an object. */
export function infoOf(
  output: Pick<GetObjectCommandOutput, "ETag" | "LastModified" | "Metadata">,
  bytes: number,
): ObjectInfo {
  const { ETag, LastModified, Metadata } = output;
  return {
    bytes,
    etag: ETag ?? "",
    modified: LastModified?.getTime() ?? Number.NaN,
    metadata: Metadata ?? {},
  };
}

/** Reads a body to its end. @throws ShortBody where it ends too early. */
export async function receive(
  { Body }: Pick<GetObjectCommandOutput, "Body">,
  expected: number,
  alive: () => void,
  take: Receive,
): Promise<void> {
  let position = 0;
  for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
    alive();
    if (position + chunk.byteLength > expected) throw new ShortBody("more came than was promised");
    await take(chunk, position);
    position += chunk.byteLength;
  }
  if (position !== expected) throw new ShortBody(`${position} bytes of ${expected} came`);
}
