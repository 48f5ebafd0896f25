/**
 * Requests: tried again where that may help, given up where nothing comes, counted, told of.
 *
 * Each try is one request of the SDK, whose own retries are off where the client is ours. Between two
 * tries lies a random part of a time that doubles, so that many clients do not come back together.
 * When a request failed for good because nobody answers, those after it fail at once for a while:
 * a call that would ask a service that is away costs no wait each time.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { channel } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { faultCode, isTransient, S3Error, statusOf, TimeOut } from "./fault.ts";
import type { StoreClock } from "./store-clock.ts";

/** A request, as it is published on the channel `ndmemo:s3` when it is over. */
export interface S3Request {
  /** The operation, such as `GetObject`. */
  readonly operation: string;
  /** The object; for a list, what the names begin with. */
  readonly name: string;
  /** Which try this was, from 1. */
  readonly tries: number;
  /** The status of the answer; `undefined` where there was none. */
  readonly status: number | undefined;
  /** Seconds that it took. */
  readonly seconds: number;
  /** The error, by its name, where it failed. */
  readonly error: string | undefined;
}

/** How requests are made. */
export interface RequestSettings {
  readonly timeout: number;
  readonly attempts: number;
  readonly patience: number;
}

/** A request that can be made again and again. */
export interface Attempt<T> {
  readonly operation: string;
  readonly name: string;
  /** Bytes that go up, for which there is time besides. */
  readonly bytes?: number;
  /** Whether it is made in the background, where there is time to wait for the service. */
  readonly isPatient?: boolean | undefined;
  /** One try; `alive` is to be called when a part of the answer came. */
  readonly run: (send: Send, alive: () => void, tries: number) => Promise<T>;
}

/** Sends a command of the SDK. */
export type Send = <Output>(command: Command<Output>) => Promise<Output>;

/** A command of the SDK, as far as it is used here. */
export interface Command<Output> {
  readonly middlewareStack: { add(middleware: never, options: never): void };
  /** Never called: what tells the type of the answer. */
  readonly resolveMiddleware: (
    ...args: never[]
  ) => (...args: never[]) => Promise<{ output: Output }>;
}

const published = channel("ndmemo:s3");
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;
const REST_MS = 5000;
/** The slowest line on which an upload is not taken for one that hangs. */
const SLOWEST_BYTES_PER_MS = 256;

/** Makes requests through one client. */
export class Requests {
  readonly #client: () => S3Client;
  readonly #settings: RequestSettings;
  readonly #clock: StoreClock;
  readonly #bucket: string;
  #outage: { readonly until: number; readonly error: unknown } | undefined;

  constructor(
    client: () => S3Client,
    bucket: string,
    settings: RequestSettings,
    clock: StoreClock,
  ) {
    this.#client = client;
    this.#bucket = bucket;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** @throws the error of the request before, where the service was found to be away just now. */
  checkReachable(): void {
    if (this.#outage && performance.now() < this.#outage.until) throw this.#outage.error;
  }

  /** Makes a request until it succeeds or there is no use in it. @throws S3Error. */
  async send<T>(attempt: Attempt<T>): Promise<T> {
    const { operation, name, isPatient = false } = attempt;
    if (!isPatient) this.checkReachable();
    const until = performance.now() + (isPatient ? this.#settings.patience : 0);
    for (let tries = 1; ; tries++) {
      try {
        const result = await this.#try(attempt, tries);
        this.#outage = undefined;
        return result;
      } catch (error) {
        const isOver = tries >= this.#settings.attempts && performance.now() >= until;
        if (isTransient(error) && !isOver) {
          const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
          await sleep(most * (0.5 + Math.random() / 2));
          continue;
        }
        const wrapped = new S3Error(`${operation} of s3://${this.#bucket}/${name}`, tries, error);
        const isAway = isTransient(error) && statusOf(error) === undefined;
        if (isAway) this.#outage = { until: performance.now() + REST_MS, error: wrapped };
        throw wrapped;
      }
    }
  }

  async #try<T>({ operation, name, bytes = 0, run }: Attempt<T>, tries: number): Promise<T> {
    const { timeout } = this.#settings;
    const abort = new AbortController();
    let isLate = false;
    const giveUp = (): void => {
      isLate = true;
      abort.abort();
    };
    let timer = setTimeout(giveUp, timeout + bytes / SLOWEST_BYTES_PER_MS);
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeout);
    };
    const start = performance.now();
    let status: number | undefined;
    let failure: unknown;
    const send: Send = async (command) => {
      watch(command, (answer) => {
        status = answer.statusCode;
        this.#clock.heard(answer.headers?.["date"]);
      });
      const options = { abortSignal: abort.signal };
      return (await this.#client().send(command as never, options)) as never;
    };
    try {
      return await run(send, alive, tries);
    } catch (error) {
      failure = isLate ? new TimeOut(`nothing came for ${timeout} ms`, { cause: error }) : error;
      throw failure;
    } finally {
      clearTimeout(timer);
      if (published.hasSubscribers) {
        const seconds = (performance.now() - start) / 1000;
        const error = failure === undefined ? undefined : faultCode(failure);
        const request: S3Request = { operation, name, tries, status, seconds, error };
        published.publish(request);
      }
    }
  }
}

interface RawAnswer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Looks at the answer itself, whatever the SDK makes of it. */
function watch(command: Command<unknown>, heard: (answer: RawAnswer) => void): void {
  type Next = (args: unknown) => Promise<{ readonly response?: RawAnswer }>;
  const middleware = (next: Next) => async (args: unknown) => {
    const result = await next(args);
    if (result.response) heard(result.response);
    return result;
  };
  command.middlewareStack.add(
    middleware as never,
    { step: "deserialize", priority: "low", name: "ndmemoWatch", override: true } as never,
  );
}

/** Adds the checksum of the body that some services want of a list of what is to be deleted. */
export function withMd5<C extends Command<unknown>>(command: C): C {
  interface Args {
    readonly request: { readonly body?: string; readonly headers: Record<string, string> };
  }
  const middleware = (next: (args: Args) => unknown) => (args: Args) => {
    const { body = "", headers } = args.request;
    headers["content-md5"] = createHash("md5").update(body).digest("base64");
    return next(args);
  };
  command.middlewareStack.add(
    middleware as never,
    { step: "build", priority: "low", name: "ndmemoMd5", override: true } as never,
  );
  return command;
}
