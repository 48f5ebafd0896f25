/**
 * The AWS SDK, which is loaded when it is first needed.
 *
 * @module
 */

import { createRequire } from "node:module";
import type * as Sdk from "@aws-sdk/client-s3";

const PACKAGE = "@aws-sdk/client-s3";
const require = createRequire(import.meta.url);

let loaded: typeof Sdk | undefined;

/** The SDK; loading it takes about a quarter of a second, once. */
export function sdk(): typeof Sdk {
  loaded ??= require("@aws-sdk/client-s3") as typeof Sdk;
  return loaded;
}

/** @throws an error with the code `ERR_MODULE_NOT_FOUND` where the SDK is not installed. */
export function checkSdk(): void {
  try {
    require.resolve(PACKAGE);
  } catch (cause) {
    const message = `The S3 store needs the package ${PACKAGE}: npm install ${PACKAGE}`;
    throw Object.assign(new Error(message, { cause }), { code: "ERR_MODULE_NOT_FOUND" });
  }
}
