/**
 * What a Memory tells: on the channel `ndmemo:call`, and on the logger at each level.
 *
 * @module
 */

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CallEvent, Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";

/** The events that a piece of work publishes. */
async function eventsOf(run: () => unknown): Promise<CallEvent[]> {
  const events: CallEvent[] = [];
  const listener = (event: unknown): void => void events.push(event as CallEvent);
  subscribe("ndmemo:call", listener);
  try {
    await run();
  } finally {
    unsubscribe("ndmemo:call", listener);
  }
  return events;
}

test("each call is published on ndmemo:call, with times and bytes", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const zeros = memory.cache(function zeros(n: number) {
      return new Float64Array(n);
    });
    const events = await eventsOf(() => {
      zeros(4);
      zeros(4);
      zeros.callAndShelve(4);
      zeros.recompute(4);
    });
    const types = events.map(({ type }) => type);
    assert.equal(types, ["miss", "stored", "hit", "hit", "miss", "stored"]);
    for (const event of events) {
      assert.is(event.type === "evicted" ? "" : event.functionId, zeros.functionId);
      assert.is(event.argsId, (events[0] as CallEvent).argsId);
      if (event.type === "hit") {
        assert.is(event.bytes, 32);
        for (const seconds of [event.hash, event.load, event.saved]) assert.ok(seconds >= 0);
      }
      if (event.type === "stored") assert.is(event.bytes, 32);
    }
    assert.equal(
      events.flatMap((event) => (event.type === "miss" ? event.reason : [])),
      ["absent", "forced"],
    );
  }));

test("asynchronous calls are published too, and refused entries with their reason", () =>
  withTmp(async (directory) => {
    const memory = new Memory(directory, { verbose: 0 });
    const five = memory.cache(async () => 5, {
      name: "five",
      cacheValidationCallback: () => false,
    });
    const events = await eventsOf(async () => {
      await five();
      await five();
    });
    const told = events.map((event) => (event.type === "miss" ? event.reason : event.type));
    assert.equal(told, ["absent", "stored", "stale", "stored"]);
  }));

/** What is logged at a level: once for a miss and once for a hit. */
async function linesAt(verbose: number): Promise<string[][]> {
  return withTmp((directory) => {
    let lines: string[] = [];
    const logger = {
      info: (text: string) => void lines.push(text),
      warn: (text: string) => void lines.push(text),
    };
    const sum = new Memory(directory, { verbose, logger }).cache(
      (x: Float64Array) => x.reduce((total, value) => total + value),
      { name: "sum", module: "m" },
    );
    return [1, 2].map(() => {
      lines = [];
      sum(new Float64Array(1_000_000).fill(0.5));
      return lines;
    });
  });
}

test("the levels are those of joblib: 1 computations, 2 loads, 5 their time, 10 paths, 20 all", async () => {
  assert.equal(await linesAt(0), [[], []]);

  const [miss, hit] = (await linesAt(1)) as [string[], string[]];
  assert.is(miss.length, 2);
  const calling = `${"_".repeat(80)}\n[Memory] Calling m#sum...\n`;
  assert.is(miss[0], `${calling}sum(Float64Array(1000000) [ 0.5, 0.5, 0.5, … ])`);
  assert.match(miss[1] as string, /^_+sum - \d+\.\ds, \d+\.\dmin$/);
  assert.is((miss[1] as string).length, 80);
  assert.equal(hit, []);

  assert.equal((await linesAt(2))[1], ["[Memory] Loading m#sum..."]);
  const [loading, loaded] = (await linesAt(5))[1] as [string, string];
  assert.is(loading, "[Memory] Loading m#sum...");
  assert.match(loaded, /^_+sum cache loaded - \d+\.\ds, \d+\.\dmin$/);
  assert.match((await linesAt(10))[1]?.[0] as string, /^\[Memory\] Loading m#sum from .+/);
  assert.match((await linesAt(11))[0]?.at(-1) as string, /^Stored in .+/);
  const queries = (await linesAt(20)).map((lines) => lines[0] as string);
  for (const query of queries)
    assert.match(query, /Querying sum\(Float64Array.+digest [0-9a-f]{32}/);
});

test.run();
