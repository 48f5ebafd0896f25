/**
 * Faults between the store and a service, one at a time: the value always reaches the caller.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { S3StoreOptions } from "../../lib/s3.ts";
import { sameArray } from "../helpers/assert.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { counted, ramp } from "./counted.ts";
import { operations, requestsOf } from "./place.ts";
import { refuse, type Service, withService } from "./server.ts";

const LENGTH = 20_000;

function cached({ endpoint }: Service, options: Partial<S3StoreOptions> = {}) {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const times = { timeout: 1000, patience: 0, attempts: 3 };
  const place = { bucket: "bucket", prefix: "p", endpoint, credentials };
  return counted({ ...place, ...times, ...options });
}

test("answers that are passing are asked for again, with pauses", () =>
  withService(async (service) => {
    let left = 2;
    service.fault = (_request, response) =>
      left-- > 0 ? refuse(response, 503, "SlowDown") : undefined;
    const { f, counts, settled } = cached(service, { timeout: 20_000 });
    const { result, warnings } = await withWarnings(() => settled(LENGTH));
    sameArray(result, ramp(LENGTH));
    left = 2;
    await f(LENGTH);
    assert.is(counts.calls, 1);
    assert.equal(warnings.map(String), []);
  }));

test("an own create whose answer was lost is no defeat", () =>
  withService(async (service) => {
    let losses = 0;
    service.fault = ({ method, url = "" }, response, answer) => {
      if (method !== "PUT" || !url.includes("entry.json") || losses++ > 0) return undefined;
      const { socket } = response;
      response.end = (() => socket?.destroy()) as never;
      answer();
      return "handled";
    };
    const { f, counts, settled } = cached(service);
    const { requests } = await requestsOf(() => settled(LENGTH));
    assert.is(operations(requests), "GetObject PutObject PutObject PutObject HeadObject");
    assert.is(requests[3]?.status, 412);
    sameArray(await f(LENGTH), ramp(LENGTH));
    assert.is(counts.calls, 1);
    assert.is(service.objects.size, 2);
  }));

test("the entry of another writer stays, and the files of the one that lost go", () =>
  withService(async (service) => {
    const [one, other] = [cached(service), cached(service)];
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let isFirst = true;
    service.fault = ({ method, url = "" }, _response, answer) => {
      if (method !== "PUT" || !url.includes("entry.json") || !isFirst) return undefined;
      isFirst = false;
      void gate.then(answer);
      return "handled";
    };
    await one.f(LENGTH);
    await other.settled(LENGTH);
    open();
    await one.memory.flush();
    assert.is(service.objects.size, 2);
    sameArray(await one.f(LENGTH), ramp(LENGTH));
    assert.is(one.counts.calls + other.counts.calls, 2);
  }));

test("half a body is not taken for a whole one: the rest is asked for", () =>
  withService(async (service) => {
    const { f, counts, settled } = cached(service);
    await settled(LENGTH);
    let isCut = false;
    service.fault = ({ method, url = "" }, response, answer) => {
      if (method !== "GET" || !url.includes(".npy") || isCut) return undefined;
      isCut = true;
      const end = response.end.bind(response);
      response.end = ((bytes: Buffer) => {
        response.write(bytes.subarray(0, 70_000), () => response.socket?.destroy());
        return end;
      }) as never;
      answer();
      return "handled";
    };
    const { result, requests } = await requestsOf(() => f(LENGTH));
    sameArray(result, ramp(LENGTH));
    assert.ok(isCut);
    assert.equal(
      requests.map(({ error }) => error),
      [undefined, "ECONNRESET", undefined],
    );
    assert.is(counts.calls, 1);
  }));

test("a service that hangs is given up, and those who ask soon after do not wait", () =>
  withService(async (service) => {
    const { settled, counts } = cached(service, { timeout: 200, attempts: 2 });
    service.fault = () => "handled";
    const { result, warnings } = await withWarnings(() => settled(LENGTH));
    sameArray(result, ramp(LENGTH));
    assert.is(service.requests.length, 2);
    const next = await withWarnings(() => settled(LENGTH + 1));
    sameArray(next.result, ramp(LENGTH + 1));
    assert.is(service.requests.length, 2);
    assert.is(counts.calls, 2);
    assert.ok(warnings.every(({ code }) => code === "ETIMEDOUT"));
    assert.match(
      String(warnings[0]?.message),
      /GetObject of s3:\/\/bucket\/p\/.*nothing came for 200 ms/,
    );
  }));

const answers: Readonly<Record<string, readonly [status: number, code: string, said: RegExp]>> = {
  "a bucket that does not exist": [404, "NoSuchBucket", /The bucket does not exist: create it/],
  "a user that is suspended": [403, "UserSuspended", /The credentials do not allow it/],
  "a wrong secret": [403, "SignatureDoesNotMatch", /The secret key is not that of the access key/],
};
for (const [what, [status, code, said]] of Object.entries(answers)) {
  test(`${what} is told, and the value reaches the caller`, () =>
    withService(async (service) => {
      service.fault = (_request, response) => refuse(response, status, code);
      const { settled } = cached(service);
      const { result, warnings } = await withWarnings(() => settled(LENGTH));
      sameArray(result, ramp(LENGTH));
      assert.is(warnings[0]?.code, code);
      assert.match(String(warnings[0]?.message), said);
    }));
}

test("a quota that is used up is told once, and what was there is still found", () =>
  withService(async (service) => {
    const { f, settled, counts } = cached(service);
    await settled(LENGTH);
    service.fault = ({ method }, response) =>
      method === "PUT" ? refuse(response, 403, "QuotaExceeded") : undefined;
    const { warnings } = await withWarnings(async () => {
      for (let i = 1; i < 4; i++) await settled(i);
      await f(LENGTH);
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["QuotaExceeded"],
    );
    assert.is(counts.calls, 4);
    assert.is(service.objects.size, 2);
  }));

test("a service without conditions is used by last writer wins, which is said once", () =>
  withService(async (service) => {
    service.fault = ({ headers }, response) =>
      headers["if-none-match"] || headers["if-match"]
        ? refuse(response, 501, "NotImplemented")
        : undefined;
    const { settled, f, counts, memory } = cached(service);
    const { warnings } = await withWarnings(async () => {
      await settled(LENGTH);
      await settled(3);
      await f.recompute(3);
      await memory.flush();
    });
    assert.equal(
      warnings.map(({ code }) => code),
      ["CACHE_NO_CONDITIONS"],
    );
    sameArray(await f(LENGTH), ramp(LENGTH));
    assert.is(counts.calls, 3);
  }));

test("where nobody knows whether the entry is there, its files stay", () =>
  withService(async (service) => {
    service.fault = ({ method, url = "" }, response, answer) => {
      if (method !== "PUT" || !url.includes("entry.json")) return undefined;
      const { socket } = response;
      response.end = (() => socket?.destroy()) as never;
      if (service.objects.size === 1) answer();
      else socket?.destroy();
      return "handled";
    };
    const { settled } = cached(service, { attempts: 1 });
    const { warnings } = await withWarnings(() => settled(LENGTH));
    assert.equal(
      warnings.map(({ code }) => code),
      ["ECONNRESET"],
    );
    service.fault = undefined;
    const { f, counts } = cached(service);
    sameArray(await f(LENGTH), ramp(LENGTH));
    assert.is(counts.calls, 0);
  }));

test.run();
