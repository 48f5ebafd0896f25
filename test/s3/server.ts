/**
 * A service on the loopback that speaks as much of S3 as entries need, and fails as it is told: what
 * a real one does too rarely to be tested with.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Kept {
  readonly body: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** What becomes of a request: it goes on where nothing is returned. */
export type Fault = (
  request: IncomingMessage,
  response: ServerResponse,
  /** Carries the request out and sends the answer. */
  answer: () => void,
) => "handled" | undefined;

/** A running service. */
export interface Service {
  readonly endpoint: string;
  readonly objects: Map<string, Kept>;
  /** Method and path of each request. */
  readonly requests: string[];
  fault: Fault | undefined;
}

/** Runs something beside a service. */
export async function withService<T>(run: (service: Service) => Promise<T>): Promise<T> {
  const objects = new Map<string, Kept>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    service.requests.push(`${request.method} ${request.url?.split("?")[0]}`);
    const answer = (): void => carryOut(objects, request, Buffer.concat(chunks), response);
    if (service.fault?.(request, response, answer) !== "handled") answer();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const service: Service = {
    ...{ endpoint: `http://127.0.0.1:${port}`, objects },
    ...{ requests: [], fault: undefined },
  };
  try {
    return await run(service);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** An answer that is an error. */
export function refuse(response: ServerResponse, status: number, code: string): "handled" {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  return "handled";
}

function carryOut(
  objects: Map<string, Kept>,
  { method = "", url = "", headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const name = url.split("?")[0] ?? "";
  const there = objects.get(name);
  if (method === "PUT") {
    if (headers["if-none-match"] === "*" && there)
      return void refuse(response, 412, "PreconditionFailed");
    const wanted = headers["if-match"];
    if (wanted !== undefined && wanted !== there?.etag) {
      return void refuse(response, 412, "PreconditionFailed");
    }
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    const metadata = Object.fromEntries(
      Object.entries(headers).filter(([header]) => header.startsWith("x-amz-meta-")),
    ) as Record<string, string>;
    objects.set(name, { body, metadata, etag });
    response.writeHead(200, { etag }).end();
  } else if (method === "GET" || method === "HEAD") {
    if (!there) return void refuse(response, 404, "NoSuchKey");
    const { etag, metadata, body: bytes } = there;
    const common = { ...metadata, etag, "last-modified": new Date().toUTCString() };
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
    const part = first === undefined ? bytes : bytes.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.byteLength - 1}/${bytes.byteLength}`;
    response.writeHead(first === undefined ? 200 : 206, {
      ...{ ...common, "content-length": part.byteLength },
      ...(first !== undefined && { "content-range": range }),
    });
    response.end(method === "GET" ? part : undefined);
  } else if (method === "POST" && url.includes("delete")) {
    for (const [, key = ""] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) {
      objects.delete(
        `${name.replace(/\/$/, "")}/${key.split("/").map(encodeURIComponent).join("/")}`,
      );
    }
    response.writeHead(200).end('<?xml version="1.0"?><DeleteResult/>');
  } else {
    refuse(response, 501, "NotImplemented");
  }
}
