/**
 * The command on a bucket, as its users run it: the environment says which service, and who asks.
 *
 * @module
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { S3Store } from "../../lib/s3.ts";
import { ndmemo, type Run } from "../cli/run.ts";
import { foreign } from "./foreign.ts";
import { endpoints, optionsOf } from "./place.ts";

const NONE = undefined;
const [endpoint = ""] = endpoints;

/** Runs the command with variables of the environment; one that is `undefined` is not set. */
function withEnvironment(variables: Readonly<Record<string, string | undefined>>) {
  return (...args: readonly string[]): Run => {
    const before = { ...process.env };
    try {
      const none = { AWS_REGION: NONE, AWS_PROFILE: NONE, AWS_EC2_METADATA_DISABLED: "true" };
      const all = { AWS_ENDPOINT_URL: endpoint, ...none, ...variables };
      for (const [name, value] of Object.entries(all)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      return ndmemo(args);
    } finally {
      process.env = before;
    }
  };
}

async function filled(): Promise<string> {
  const options = optionsOf({ prefix: `größe/${Math.random()}` });
  const store = new S3Store(options);
  const memory = new Memory(store, { verbose: 0, lock: false });
  const identity = { module: "m", track: "none" } as const;
  const ramp = memory.cache((n: number) => Float64Array.from({ length: n }, (_, i) => i / 4), {
    ...{ ...identity, name: "ramp" },
  });
  const pair = memory.cache((x: string) => [x, x], { ...identity, name: "pair" });
  await Promise.all([ramp(4), ramp(20_000), pair("größe")]);
  await memory.flush();
  return store.location;
}

test("ls, du, show, verify, reduce, forget and clear work on a bucket", async () => {
  const place = await filled();
  const run = withEnvironment({});
  const listed = run("ls", place);
  assert.equal([listed.status, listed.stderr], [0, ""]);
  assert.match(listed.stdout, /3 entries, 15\d KiB/);
  assert.match(listed.stdout, /^m#ramp +2 +15\d KiB/m);
  assert.match(listed.stdout, /^[0-9a-f]{8} +pair +'größe' /m);
  const { location, entries, total } = JSON.parse(run("ls", place, "ramp", "--json").stdout);
  assert.equal([location, entries.length, total.items], [place, 2, 2]);
  assert.match(run("du", place).stdout, /3 {2}total$/m);

  const small = entries.find(({ bytes }: { bytes: number }) => bytes < 10_000);
  const shown = run("show", place, small.argsId);
  assert.is(shown.status, 0);
  assert.match(shown.stdout, /array\(\[0. {2}, 0.25, 0.5 , 0.75\]\)/);

  assert.match(run("verify", place).stdout, /3 entries, 15\d KiB read, nothing damaged/);
  assert.match(run("reduce", place, "--items", "3").stdout, /removed {2}0 entries/);
  assert.match(run("clear", place, "pair", "--yes").stdout, /removed {2}1 entry, .* of m#pair in/);
  assert.match(run("reduce", place, "--items", "1").stdout, /removed {2}1 entry/);
  const [last] = JSON.parse(run("ls", place, "--json").stdout).entries;
  assert.is(run("forget", place, last.argsId.slice(0, 9), "--yes").status, 0);
  assert.is(run("forget", place, last.argsId, "--yes").status, 1);
  assert.is(run("clear", place, "--yes").status, 0);
  assert.match(run("ls", place).stdout, /0 entries, 0 B/);
});

test("verify finds a damaged file in a bucket, and removes its entry where it is told to", async () => {
  const place = await filled();
  const run = withEnvironment({});
  const { names, get, put } = foreign(optionsOf({ prefix: place.split("/").slice(3).join("/") }));
  const name = (await names()).find((each) => each.endsWith(".npy")) ?? "";
  const { body, metadata } = await get(name);
  body[5000] = (body[5000] ?? 0) ^ 1;
  await put(name, body, metadata);
  const found = run("verify", place);
  assert.is(found.status, 1);
  assert.match(found.stdout, /m#ramp .*\n.*\.npy: /);
  assert.is(run("verify", place, "--repair").status, 1);
  assert.match(run("verify", place).stdout, /2 entries, .*nothing damaged/);
});

const [bucket, key, secret] = ["NDMEMO_S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
const place = `s3://${process.env[bucket ?? ""]}/nothing`;
const told: Readonly<Record<string, readonly [object, string, number, RegExp]>> = {
  "no credentials": [
    { [key as string]: NONE, [secret as string]: NONE },
    ...([place, 1] as const),
    /There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE/,
  ],
  "a wrong secret": [{ [secret as string]: "x" }, place, 1, /The secret key is not that of the/],
  "an unknown key": [{ [key as string]: "x" }, place, 1, /service does not know the access key/],
  "no such bucket": [{}, "s3://no-such-bucket/p", 1, /s3:\/\/no-such-bucket\/.*404 NoSuchBucket/],
  "no region and no endpoint": [{ AWS_ENDPOINT_URL: NONE }, place, 1, /Set AWS_REGION, or AWS_END/],
  "no service": [{ AWS_ENDPOINT_URL: "http://127.0.0.1:9" }, place, 1, /Nothing answers there: st/],
  "a service that is no address": [
    { AWS_ENDPOINT_URL: "here" },
    ...([place, 2] as const),
    /such as "https:\/\/s3.example.com" for the environment variable AWS_ENDPOINT_URL, got 'here'/,
  ],
  "an address without a bucket": [{}, "s3://", 2, /Expected "s3:\/\/bucket\/prefix"/],
};
for (const [what, [variables, where, expected, said]] of Object.entries(told)) {
  test(`where there is ${what}, the command says so in a line`, () => {
    const { status, stdout, stderr } = withEnvironment({ ...variables })("ls", where);
    assert.equal([status, stdout], [expected, ""]);
    assert.match(stderr, said);
    assert.match(stderr, /^ndmemo: [^\n]*\n$/);
    assert.not.match(stderr, /Unknown|undefined/);
  });
}

test.run();
