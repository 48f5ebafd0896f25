/**
 * Empty objects, written with no more than a signature and a socket: the SDK takes ten times as long
 * for each of a hundred thousand.
 *
 * @module
 */

import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { S3StoreOptions } from "../../lib/s3.ts";

const AT_ONCE = 32;
const UNSIGNED = "UNSIGNED-PAYLOAD";
const SIGNED = "host;x-amz-content-sha256;x-amz-date";

/** Writes objects of no bytes beside a store; the names may not need escapes, but for slashes. */
export async function plainPut(
  { endpoint, bucket, credentials }: S3StoreOptions,
  names: readonly string[],
): Promise<void> {
  const { host, hostname, port } = new URL(endpoint ?? "");
  const keys = credentials as { readonly accessKeyId: string; readonly secretAccessKey: string };
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const path = `/${bucket}/${name.replaceAll(/[^\w./~-]/g, encodeURIComponent)}`;
      const headers = signed(path, host, keys);
      const asked = request({ agent, hostname, port, path, method: "PUT", headers });
      asked.end();
      const [answer] = (await once(asked, "response")) as [IncomingMessage];
      answer.resume();
      await once(answer, "end");
      if (answer.statusCode !== 200) throw new Error(`PUT ${path}: ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
}

/** The headers of a request, by version 4 of the signatures of AWS. */
function signed(
  path: string,
  host: string,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
): Record<string, string> {
  const time = new Date().toISOString().replaceAll(/[:-]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const own = { host, "x-amz-content-sha256": UNSIGNED, "x-amz-date": time };
  const lines = Object.entries(own).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `PUT\n${path}\n\n${lines.join("")}\n${SIGNED}\n${UNSIGNED}`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  const key = scope
    .split("/")
    .reduce<string | Buffer>((before, part) => mac(before, part), `AWS4${keys.secretAccessKey}`);
  const signature = mac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${digest}`).toString("hex");
  const credential = `${keys.accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${SIGNED}, Signature=${signature}`;
  return { ...own, authorization, "content-length": "0" };
}

function mac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
