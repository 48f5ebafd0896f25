/**
 * Uploads in parts, and those that nobody ended.
 *
 * @module
 */

import { isMissing } from "./fault.ts";
import type { Requests } from "./requests.ts";
import { sdk } from "./sdk.ts";

/** A part of an upload. */
export interface UploadedPart {
  readonly PartNumber: number;
  readonly ETag: string;
}

/** An upload that was begun and not ended. */
export interface OpenUpload {
  readonly name: string;
  readonly upload: string;
  /** When it was begun, in milliseconds since 1970, by the service. */
  readonly begun: number;
}

/** The uploads in parts of one bucket. */
export class Multipart {
  readonly #bucket: string;
  readonly #requests: Requests;
  readonly #head: (name: string) => Promise<unknown>;

  /** @param head tells whether there is an object of a name. */
  constructor(bucket: string, requests: Requests, head: (name: string) => Promise<unknown>) {
    this.#bucket = bucket;
    this.#requests = requests;
    this.#head = head;
  }

  /** Begins an upload in parts. */
  async begin(name: string): Promise<string> {
    return await this.#requests.send({
      ...{ operation: "CreateMultipartUpload", name, isPatient: true },
      run: async (send) => {
        const { CreateMultipartUploadCommand } = sdk();
        const input = { Bucket: this.#bucket, Key: name };
        const { UploadId } = await send(new CreateMultipartUploadCommand(input));
        if (UploadId !== undefined) return UploadId;
        throw new Error("the service gave no id for an upload");
      },
    });
  }

  /** Uploads a part; parts count from 1. */
  async send(name: string, upload: string, part: number, body: Uint8Array): Promise<UploadedPart> {
    return await this.#requests.send({
      ...{ operation: "UploadPart", name, bytes: body.byteLength, isPatient: true },
      run: async (send) => {
        const { UploadPartCommand } = sdk();
        const output = await send(
          new UploadPartCommand({
            ...{ Bucket: this.#bucket, Key: name, UploadId: upload },
            ...{ PartNumber: part, Body: body },
          }),
        );
        return { PartNumber: part, ETag: output.ETag ?? "" };
      },
    });
  }

  /** Makes the parts of an upload an object. */
  async end(name: string, upload: string, parts: readonly UploadedPart[]): Promise<void> {
    await this.#requests.send({
      ...{ operation: "CompleteMultipartUpload", name, isPatient: true },
      run: async (send, _alive, tries) => {
        const { CompleteMultipartUploadCommand } = sdk();
        const input = {
          ...{ Bucket: this.#bucket, Key: name, UploadId: upload },
          MultipartUpload: { Parts: [...parts] },
        };
        try {
          await send(new CompleteMultipartUploadCommand(input));
        } catch (error) {
          // A try before this one has done it, and its answer was lost: the name is ours alone.
          const wasDone = tries > 1 && isMissing(error) && (await this.#head(name));
          if (!wasDone) throw error;
        }
      },
    });
  }

  /** Gives an upload up. */
  async abort(name: string, upload: string): Promise<void> {
    await this.#requests.send({
      ...{ operation: "AbortMultipartUpload", name },
      run: async (send) => {
        const { AbortMultipartUploadCommand } = sdk();
        const input = { Bucket: this.#bucket, Key: name, UploadId: upload };
        await send(new AbortMultipartUploadCommand(input));
      },
    });
  }

  /** The uploads that were begun and not ended. */
  async *list(prefix: string): AsyncGenerator<OpenUpload> {
    let at: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await this.#requests.send({
        ...{ operation: "ListMultipartUploads", name: prefix },
        run: (send) => {
          const { ListMultipartUploadsCommand } = sdk();
          return send(
            new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: prefix, ...at }),
          );
        },
      });
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        // Some services do not look at the prefix.
        if (!Key?.startsWith(prefix) || UploadId === undefined) continue;
        yield { name: Key, upload: UploadId, begun: Initiated?.getTime() ?? Number.NaN };
      }
      if (!page.IsTruncated) return;
      at = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
  }
}
