/**
 * The client of a store that was given none.
 *
 * @module
 */

import type { S3Client } from "@aws-sdk/client-s3";
import type { S3Settings } from "./options.ts";
import { sdk } from "./sdk.ts";

/** Makes a client; this asks nothing of the service. */
export function newClient(settings: S3Settings): S3Client {
  const { endpoint, region, credentials, forcePathStyle, timeout } = settings;
  const { S3Client: Client } = sdk();
  return new Client({
    ...(endpoint !== undefined && { endpoint, region: regionOfEnvironment }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
    forcePathStyle: forcePathStyle ?? endpoint !== undefined,
    // Not every service knows the newer checksums; bodies are signed with their SHA-256.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 1,
    requestHandler: { connectionTimeout: timeout },
  });
}

/** Services that are not AWS mostly take any region, but one there has to be. */
async function regionOfEnvironment(): Promise<string> {
  const { S3Client: Client } = sdk();
  try {
    const { region } = new Client({}).config as { readonly region: () => Promise<string> };
    return await region();
  } catch {
    return "us-east-1";
  }
}
