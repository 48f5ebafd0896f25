/**
 * What an S3 store is told: where it is, and how it goes about it.
 *
 * @module
 */

import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { wrongType, wrongValue } from "../../errors.ts";
import { type Check, type Checks, checkOptions, flag, text } from "../../options.ts";
import { checkBytes } from "../bytes.ts";
import { checkDuration, type Duration } from "../duration.ts";
import { checkItems, type SizeLimits } from "../limits/size-limits.ts";

/** The most that the copies on this machine may take. */
export interface CacheLimits {
  /** Bytes of all files, as a number or as a text such as `"10G"` (units are those of 1024). */
  readonly bytes?: number | string | undefined;
  /** How many entries. */
  readonly items?: number | undefined;
  /** The time since the last use: milliseconds, or an object such as `{ days: 7 }`. */
  readonly age?: number | Duration | undefined;
}

/** How an S3 store works, wherever it is. */
export interface S3BackendOptions {
  /** A client that is used as it is; without it one is made. It is the caller's to destroy. */
  readonly client?: S3Client | undefined;
  /**
   * The address of the service, such as `"http://127.0.0.1:9000"`; without it, what the environment
   * says (`AWS_ENDPOINT_URL`), or AWS.
   */
  readonly endpoint?: string | undefined;
  /** The region; without it, what the environment says, or `"us-east-1"` with an endpoint. */
  readonly region?: string | undefined;
  /** The credentials, as the SDK takes them; without them, what the environment says. */
  readonly credentials?: S3ClientConfig["credentials"] | undefined;
  /**
   * Whether the bucket stands in the path instead of the host's name.
   *
   * @defaultValue `true` with an endpoint
   */
  readonly forcePathStyle?: boolean | undefined;
  /** A directory of this machine for copies of what was downloaded or stored: they are mapped. */
  readonly cacheDir?: string | undefined;
  /** How large the copies of this bucket and prefix may grow; what is over goes. */
  readonly cacheLimits?: CacheLimits | undefined;
  /**
   * Whether the bucket is asked, before a copy is used, if the entry is still the same one.
   *
   * @defaultValue `false`
   */
  readonly revalidate?: boolean | undefined;
  /**
   * Bytes of a part, at least 5 MiB: larger files go up and down in parts, several at a time.
   *
   * @defaultValue `"16M"`
   */
  readonly partSize?: number | string | undefined;
  /**
   * The most bytes that are held in memory on their way up, and asked for at once on their way down.
   *
   * @defaultValue `"64M"`
   */
  readonly bytesInFlight?: number | string | undefined;
  /**
   * How long nothing may arrive before a request is given up and tried again.
   *
   * @defaultValue 10 seconds
   */
  readonly timeout?: number | Duration | undefined;
  /**
   * How often a request is tried.
   *
   * @defaultValue 5
   */
  readonly attempts?: number | undefined;
  /**
   * How long an upload is tried again while the service is away.
   *
   * @defaultValue 1 minute
   */
  readonly patience?: number | Duration | undefined;
  /**
   * How exactly the last use of an entry is known: a use is recorded, by a request, when the one
   * before it is older.
   *
   * @defaultValue 1 day
   */
  readonly useResolution?: number | Duration | undefined;
  /**
   * How long the lock of an entry holds unless it is renewed.
   *
   * @defaultValue 1 minute
   */
  readonly leaseTime?: number | Duration | undefined;
  /**
   * How old files that belong to no entry have to be before they are removed.
   *
   * @defaultValue 1 day
   */
  readonly graceTime?: number | Duration | undefined;
}

/** Where an S3 store is, and how it works. */
export interface S3StoreOptions extends S3BackendOptions {
  /** The bucket; it has to exist. */
  readonly bucket: string;
  /** What the names of all objects begin with, before a slash; without it, the whole bucket. */
  readonly prefix?: string | undefined;
}

/** A place that was checked. */
export interface Place {
  readonly bucket: string;
  /** Empty, or a text that ends in a slash. */
  readonly prefix: string;
  readonly location: string;
}

/** Options that were checked, with their defaults. */
export interface S3Settings
  extends Pick<
    S3BackendOptions,
    "client" | "endpoint" | "region" | "credentials" | "forcePathStyle" | "cacheDir"
  > {
  readonly cacheLimits: SizeLimits;
  readonly revalidate: boolean;
  readonly partSize: number;
  readonly bytesInFlight: number;
  readonly timeout: number;
  readonly attempts: number;
  readonly patience: number;
  readonly useResolution: number;
  readonly leaseTime: number;
  readonly graceTime: number;
}

const MIB = 2 ** 20;
const OWNER = "S3Store";
/** What a service accepts for the parts of an upload, but the last. */
const SMALLEST_PART = 5 * MIB;
/** What is left of the 1,024 bytes of a name when ours are taken off. */
const LONGEST_PREFIX = 800;

const object: Check<never> = (name, value) => {
  if (typeof value === "object" && value !== null) return value as never;
  throw wrongType(name, "an object", value);
};

const credentials: Check<never> = (name, value) => {
  if (typeof value === "function") return value as never;
  const isPair =
    typeof value === "object" &&
    value !== null &&
    "accessKeyId" in value &&
    "secretAccessKey" in value;
  if (isPair) return value as never;
  throw wrongType(name, "an object with accessKeyId and secretAccessKey, or a provider", value);
};

const endpoint: Check<string> = (name, value) => {
  const given = text(name, value);
  const { protocol } = URL.canParse(given) ? new URL(given) : {};
  if (protocol === "http:" || protocol === "https:") return given;
  throw wrongValue(name, 'an address such as "https://s3.example.com"', value);
};

const attempts: Check<number> = (name, value) => {
  const count = checkItems(name, value);
  if (count > 0) return count;
  throw wrongValue(name, "a whole number from 1 on", value);
};

const positive: Check<number> = (name, value) => {
  const time = checkDuration(name, value);
  if (time > 0) return time;
  throw wrongValue(name, "a time that is longer than 0", value);
};

const partSize: Check<number> = (name, value) => {
  const bytes = checkBytes(name, value);
  if (bytes >= SMALLEST_PART && bytes <= 2 ** 30) return bytes;
  throw wrongValue(name, 'bytes from "5M" to "1G"', value);
};

const limits: Check<SizeLimits> = (name, value) =>
  checkOptions<CacheLimits>(name, value, {
    bytes: checkBytes,
    items: checkItems,
    age: checkDuration,
  }) as SizeLimits;

const checks: Checks<S3BackendOptions> = {
  client: object,
  endpoint,
  region: text,
  credentials,
  forcePathStyle: flag,
  cacheDir: text,
  cacheLimits: limits as Check<CacheLimits>,
  revalidate: flag,
  partSize,
  bytesInFlight: checkBytes,
  timeout: positive,
  attempts,
  patience: checkDuration,
  useResolution: checkDuration,
  leaseTime: positive,
  graceTime: checkDuration,
};

/** The options that are no place, checked. @throws TypeError, RangeError. */
export function checkSettings(given: unknown): S3Settings {
  const options = checkOptions<S3BackendOptions>(OWNER, given, checks);
  const { client, cacheDir, cacheLimits, revalidate = false } = options;
  for (const name of ["endpoint", "region", "credentials", "forcePathStyle"] as const) {
    if (client === undefined || options[name] === undefined) continue;
    throw new TypeError(`${OWNER} takes the option "client" or "${name}", not both`);
  }
  for (const name of ["cacheLimits", "revalidate"] as const) {
    if (cacheDir !== undefined || options[name] === undefined) continue;
    throw new TypeError(`The option "${name}" of ${OWNER} needs the option "cacheDir"`);
  }
  const part = Number(options.partSize ?? 16 * MIB);
  const times = {
    timeout: Number(options.timeout ?? 10_000),
    patience: Number(options.patience ?? 60_000),
    useResolution: Number(options.useResolution ?? 86_400_000),
    leaseTime: Number(options.leaseTime ?? 60_000),
    graceTime: Number(options.graceTime ?? 86_400_000),
  };
  return {
    ...options,
    ...times,
    endpoint: client ? undefined : (options.endpoint ?? endpointOfEnvironment()),
    ...{ revalidate, cacheLimits: (cacheLimits ?? {}) as SizeLimits },
    partSize: part,
    // One part has to fit.
    bytesInFlight: Math.max(Number(options.bytesInFlight ?? 64 * MIB), part),
    attempts: options.attempts ?? 5,
  };
}

/** The service that the environment names, as the SDK would find it. */
function endpointOfEnvironment(): string | undefined {
  for (const name of ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]) {
    const given = process.env[name];
    if (given) return endpoint(`the environment variable ${name}`, given);
  }
  return undefined;
}

/** The place that an address means. @throws TypeError, RangeError. */
export function placeOfAddress(address: string): Place {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/?#]+)(?:\/(.*))?$/s.exec(address) ?? [];
  if (bucket !== undefined) return placeOf(bucket, prefix);
  throw wrongValue("the location of an S3 store", '"s3://bucket/prefix"', address);
}

/** The place of a bucket and a prefix. @throws TypeError, RangeError. */
export function placeOf(bucket: unknown, prefix: unknown = ""): Place {
  const name = `the option "bucket" of ${OWNER}`;
  if (typeof bucket !== "string") throw wrongType(name, "a string", bucket);
  if (!/^[\w.-]{1,255}$/.test(bucket)) throw wrongValue(name, "the name of a bucket", bucket);
  const ofPrefix = `the option "prefix" of ${OWNER}`;
  if (typeof prefix !== "string") throw wrongType(ofPrefix, "a string", prefix);
  const trimmed = prefix.replace(/\/+$/, "");
  if (trimmed.startsWith("/") || trimmed.includes("//") || !trimmed.isWellFormed()) {
    throw wrongValue(ofPrefix, "a text without a slash at its begin, and without two", prefix);
  }
  if (Buffer.byteLength(trimmed) > LONGEST_PREFIX) {
    throw wrongValue(ofPrefix, `at most ${LONGEST_PREFIX} bytes in UTF-8`, prefix);
  }
  const path = trimmed === "" ? "" : `${trimmed}/`;
  return { bucket, prefix: path, location: `s3://${bucket}/${trimmed}` };
}
