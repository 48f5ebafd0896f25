/**
 * A bucket: objects written, read, listed and deleted by name.
 *
 * @module
 */

import type { S3Client } from "@aws-sdk/client-s3";
import { newClient } from "./client.ts";
import { isMissing, isRefused, isUnknownToService, S3Error } from "./fault.ts";
import { Multipart } from "./multipart.ts";
import {
  infoOf,
  type ListedObject,
  type ObjectInfo,
  type Receive,
  receive,
  type WholeObject,
} from "./object.ts";
import type { S3Settings } from "./options.ts";
import { Requests, withMd5 } from "./requests.ts";
import { sdk } from "./sdk.ts";
import { StoreClock } from "./store-clock.ts";

/** On which condition an object is written. */
export type Condition =
  | { readonly is: "any" }
  /** There is none of the name. */
  | { readonly is: "absent" }
  /** The one that is there has this tag. */
  | { readonly is: "same"; readonly etag: string };

/** What came of writing: `refused` where the condition did not hold, `unknown` where there are none. */
export type Written = "written" | "refused" | "unknown";

const MOST_DELETED = 1000;
const LARGEST_WHOLE = 2 ** 26;

/** The objects of one bucket. */
export class Bucket {
  readonly name: string;
  readonly clock: StoreClock = new StoreClock();
  /** Uploads in parts. */
  readonly multipart: Multipart;
  readonly #requests: Requests;
  readonly #settings: S3Settings;
  #client: S3Client | undefined;
  /** How the service wants the tag of a condition; found out at the first one. */
  #quotesTags: boolean | undefined;

  constructor(name: string, settings: S3Settings) {
    this.name = name;
    this.#settings = settings;
    this.#client = settings.client;
    this.#requests = new Requests(() => this.#connect(), name, settings, this.clock);
    this.multipart = new Multipart(name, this.#requests, (object) => this.head(object, true));
  }

  /** @throws S3Error where the service was found to be away just now. */
  checkReachable(): void {
    this.#requests.checkReachable();
  }

  /** A small object; `undefined` where there is none, `"same"` where it has the tag. */
  async get(name: string): Promise<WholeObject | undefined>;
  async get(name: string, etag: string | undefined): Promise<WholeObject | "same" | undefined>;
  async get(name: string, etag?: string): Promise<WholeObject | "same" | undefined> {
    const condition = etag === undefined ? {} : { IfNoneMatch: etag };
    try {
      return await this.#requests.send({
        ...{ operation: "GetObject", name },
        run: async (send, alive) => {
          const { GetObjectCommand } = sdk();
          const input = { Bucket: this.name, Key: name, ...condition };
          const output = await send(new GetObjectCommand(input));
          alive();
          const length = output.ContentLength ?? 0;
          if (length > LARGEST_WHOLE)
            throw new Error(`${length} bytes are too many for a manifest`);
          const body = new Uint8Array(length);
          await receive(output, length, alive, (chunk, position) => body.set(chunk, position));
          return { ...infoOf(output, length), body };
        },
      });
    } catch (error) {
      if (isAbsentAnswer(error)) return undefined;
      if (error instanceof S3Error && error.status === 304) return "same";
      throw error;
    }
  }

  /** What is known of an object; `undefined` where there is none. */
  async head(name: string, isPatient = false): Promise<ObjectInfo | undefined> {
    try {
      return await this.#requests.send({
        ...{ operation: "HeadObject", name, isPatient },
        run: async (send) => {
          const { HeadObjectCommand } = sdk();
          const output = await send(new HeadObjectCommand({ Bucket: this.name, Key: name }));
          return infoOf(output, output.ContentLength ?? 0);
        },
      });
    } catch (error) {
      if (isAbsentAnswer(error)) return undefined;
      throw error;
    }
  }

  /**
   * Reads a range of an object; where the connection breaks, it goes on from where it was.
   *
   * @returns how many bytes the whole object has; `undefined` where there is none.
   * @throws S3Error with the status 416 where the range begins behind the end.
   */
  async getRange(
    name: string,
    start: number,
    length: number,
    take: Receive,
  ): Promise<number | undefined> {
    let done = 0;
    try {
      return await this.#requests.send({
        ...{ operation: "GetObject", name },
        run: async (send, alive) => {
          const { GetObjectCommand } = sdk();
          const Range = `bytes=${start + done}-${start + length - 1}`;
          const output = await send(new GetObjectCommand({ Bucket: this.name, Key: name, Range }));
          alive();
          const total = Number(/\/(\d+)$/.exec(output.ContentRange ?? "")?.[1] ?? Number.NaN);
          const expected = Math.min(length - done, total - start - done);
          const before = done;
          await receive(output, expected, alive, async (chunk, position) => {
            await take(chunk, before + position);
            done = before + position + chunk.byteLength;
          });
          return total;
        },
      });
    } catch (error) {
      if (isAbsentAnswer(error)) return undefined;
      throw error;
    }
  }

  /** Writes an object from memory. */
  async put(
    name: string,
    body: Uint8Array,
    metadata: Readonly<Record<string, string>> = {},
    condition: Condition = { is: "any" },
    isPatient = true,
  ): Promise<Written> {
    if (condition.is === "same") {
      return await this.#putSame(name, body, metadata, condition.etag, isPatient);
    }
    const conditions = condition.is === "absent" ? { IfNoneMatch: "*" } : {};
    return await this.#put(name, body, metadata, conditions, isPatient);
  }

  /** The objects whose names begin so, in the order of their names; a request for each thousand. */
  async *list(prefix: string): AsyncGenerator<ListedObject[]> {
    let token: string | undefined;
    do {
      const page = await this.#requests.send({
        ...{ operation: "ListObjectsV2", name: prefix },
        run: (send) => {
          const { ListObjectsV2Command } = sdk();
          const more = token === undefined ? {} : { ContinuationToken: token };
          return send(new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix, ...more }));
        },
      });
      const objects: ListedObject[] = [];
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key === undefined || !Key.startsWith(prefix)) continue;
        const modified = LastModified?.getTime() ?? Number.NaN;
        objects.push({ name: Key, bytes: Size ?? 0, modified });
      }
      yield objects;
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** Deletes objects, a thousand with each request; what is not there is no error. */
  async delete(names: readonly string[]): Promise<void> {
    for (let at = 0; at < names.length; at += MOST_DELETED) {
      const Objects = names.slice(at, at + MOST_DELETED).map((Key) => ({ Key }));
      await this.#requests.send({
        ...{ operation: "DeleteObjects", name: Objects[0]?.Key ?? "" },
        run: async (send) => {
          const { DeleteObjectsCommand } = sdk();
          const input = { Bucket: this.name, Delete: { Objects, Quiet: true } };
          const { Errors = [] } = await send(withMd5(new DeleteObjectsCommand(input)));
          const [first] = Errors.filter(({ Code }) => Code !== "NoSuchKey");
          if (!first) return;
          const { Key, Code = "Unknown", Message = "" } = first;
          throw Object.assign(new Error(`${Key} cannot be deleted: ${Message}`), { code: Code });
        },
      });
    }
  }

  async #put(
    name: string,
    body: Uint8Array,
    metadata: Readonly<Record<string, string>>,
    conditions: { readonly IfNoneMatch?: string; readonly IfMatch?: string },
    isPatient: boolean,
  ): Promise<Written> {
    let mayBeDone = false;
    try {
      return await this.#requests.send({
        ...{ operation: "PutObject", name, bytes: body.byteLength, isPatient },
        run: async (send, _alive, tries) => {
          mayBeDone = tries > 1;
          const { PutObjectCommand } = sdk();
          const input = { Bucket: this.name, Key: name, Body: body, Metadata: { ...metadata } };
          await send(new PutObjectCommand({ ...input, ...conditions }));
          return "written" as const;
        },
      });
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      if (isUnknownToService(error.cause)) return "unknown";
      if (!isRefused(error.cause)) throw error;
      // An answer was lost, here or inside the SDK, and the object that is in the way is this one.
      const { $metadata } = error.cause as { $metadata?: { attempts?: number } };
      mayBeDone ||= ($metadata?.attempts ?? 1) > 1;
      const { writer } = metadata;
      if (!mayBeDone || writer === undefined) return "refused";
      const there = await this.head(name, isPatient);
      return there?.metadata["writer"] === writer ? "written" : "refused";
    }
  }

  /** Some services want the tag as they gave it, others without its quotes. */
  async #putSame(
    name: string,
    body: Uint8Array,
    metadata: Readonly<Record<string, string>>,
    etag: string,
    isPatient: boolean,
  ): Promise<Written> {
    for (const quoted of this.#quotesTags === undefined ? [true, false] : [this.#quotesTags]) {
      const IfMatch = quoted ? etag : etag.replaceAll('"', "");
      const outcome = await this.#put(name, body, metadata, { IfMatch }, isPatient);
      if (outcome === "written") this.#quotesTags = quoted;
      if (outcome !== "refused" || this.#quotesTags !== undefined) return outcome;
      const there = await this.head(name, isPatient);
      if (there?.etag !== etag) return "refused";
    }
    return "refused";
  }

  #connect(): S3Client {
    this.#client ??= newClient(this.#settings);
    return this.#client;
  }
}

function isAbsentAnswer(error: unknown): boolean {
  return error instanceof S3Error && isMissing(error.cause);
}
