/**
 * What can go wrong between us and the service: what is worth another try, and how it is told.
 *
 * @module
 */

import { errorCode, errorMessage } from "../../warning.ts";

/** What the SDK's errors have, as far as it is used here. */
interface Answer {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
  readonly $response?: { readonly statusCode?: number };
}

/** Answers that will be others a little later. */
const PASSING: ReadonlySet<string> = new Set([
  ...["SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted"],
  ...["ConditionalRequestConflict", "RequestTimeTooSkewed", "Throttling", "ThrottlingException"],
]);

/** Errors of connections that will be others a little later. */
const NETWORK: ReadonlySet<string> = new Set([
  ...["ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"],
  ...["ENETUNREACH", "ENETDOWN", "EHOSTUNREACH", "EHOSTDOWN", "ERR_STREAM_PREMATURE_CLOSE"],
]);

const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: "The bucket does not exist: create it, or correct its name or the endpoint",
  QuotaExceeded: "The quota of the user or the bucket is used up: set limits, or raise it",
  SignatureDoesNotMatch: "The secret key is not that of the access key",
  InvalidAccessKeyId: "The service does not know the access key",
  RequestTimeTooSkewed: "The clock of this machine is wrong",
  CredentialsProviderError:
    "There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, " +
    'or give the option "credentials"',
  ENOTFOUND: "There is no such host: correct the endpoint, or the region",
  ECONNREFUSED: "Nothing answers there: start the service, or correct the endpoint",
};
const NO_REGION =
  "Set AWS_REGION, or AWS_ENDPOINT_URL where the service is not AWS, or give the option " +
  '"region" or "endpoint"';

function adviceFor(code: string, status: number | undefined, said: string): string {
  const other = /^region is missing/i.test(said) ? NO_REGION : "";
  const advice = ADVICE[code] ?? (status === 403 ? "The credentials do not allow it" : other);
  return advice === "" ? "" : `. ${advice}`;
}

/** An error of the service, or of the way there, with what was tried. */
export class S3Error extends Error {
  /** The service's name for it, such as `AccessDenied`, or the code of the connection's error. */
  readonly code: string;
  /** The status of the answer; `undefined` where there was none. */
  readonly status: number | undefined;
  /** Whether nobody knows if the request was carried out. */
  readonly isUnknown: boolean;

  /** Made by the store. */
  constructor(what: string, tries: number, cause: unknown) {
    const code = faultCode(cause);
    const status = statusOf(cause);
    const said = errorMessage(cause);
    // What the SDK says where the service said nothing.
    const isSilent = said === "" || said === "UnknownError" || said === code;
    const parts = [
      ...[what, `${status ?? ""} ${code === "Error" ? "" : code}`.trim()],
      isSilent ? "" : said,
    ];
    const text = parts.filter((part) => part !== "").join(": ");
    const after = tries > 1 ? ` (after ${tries} tries)` : "";
    super(`${text}${after}${adviceFor(code, status, said)}`, { cause });
    this.code = code;
    this.status = status;
    this.isUnknown = isTransient(cause);
  }

  /** Printed in front of the message. */
  override get name(): string {
    return "S3Error";
  }
}

/** No part of an answer has come for too long. */
export class TimeOut extends Error {
  readonly code = "ETIMEDOUT";
}

/** A body that ended too early. */
export class ShortBody extends Error {
  readonly code = "ECONNRESET";
}

/** The status of an answer that is an error. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = (error ?? {}) as Answer;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/** The name that the service has for an error, or the code of the connection's. */
export function faultCode(error: unknown): string {
  const { name, code } = (error ?? {}) as Answer;
  const isOwnName = name !== undefined && name !== "Error" && name !== "AggregateError";
  return code ?? (isOwnName ? name : errorCode(error));
}

/** Whether the same request may succeed a little later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof S3Error) return error.isUnknown;
  const status = statusOf(error);
  if (PASSING.has(faultCode(error))) return true;
  if (status !== undefined && status >= 400) {
    return status === 408 || status === 429 || (status >= 500 && status !== 501);
  }
  return NETWORK.has(faultCode(error)) || (error as Answer)?.name === "TimeoutError";
}

/** Whether an answer says that the object is not there; a bucket that is not there is another one. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && faultCode(error) !== "NoSuchBucket";
}

/** Whether an answer says that the condition of a request does not hold. */
export function isRefused(error: unknown): boolean {
  return statusOf(error) === 412;
}

/** Whether an answer says that the service cannot do this at all. */
export function isUnknownToService(error: unknown): boolean {
  return statusOf(error) === 501;
}
