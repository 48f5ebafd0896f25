/**
 * Calls of several processes and threads that miss at the same time: one computes.
 *
 * @module
 */

import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { needing } from "../helpers/requirement.ts";
import { withTmp } from "../helpers/tmp.ts";
import { answersOf, type Program, withPrograms } from "./flight-program.ts";

const test = needing("addon", anyTest);

/** A function that takes 0.2 s, synchronous or not, called with a value after `ready`. */
const SLOW = `
  const work = { sync: (x) => { note("run " + x); block(200); return new Float64Array([x]); } };
  work.async = async (x) => { note("run " + x); await setTimeout(200); return new Float64Array([x]); };
  work.promise = (x) => work.async(x);
  const slow = memory.cache(work[role], { name: "slow", module: "m", track: "none" });
  await ready();
  const value = await slow(1);
  answer(value[0]);`;

for (const role of ["sync", "async", "promise"]) {
  test(`of four processes one computes, the others wait and load (${role})`, () =>
    withTmp((directory) =>
      withPrograms(directory, SLOW, async (programs) => {
        const four = await Promise.all([1, 2, 3, 4].map(() => programs.process(role)));
        const answers = await answersOf(four);
        assert.equal(
          answers.map(({ value }) => value),
          [1, 1, 1, 1],
        );
        assert.equal(programs.notes, ["run 1"]);
        const lines = answers.flatMap(({ lines }) => lines);
        const waits = lines.filter((line) =>
          line.startsWith("[Memory] Waiting for m#slow, which "),
        );
        const pid = four.map(({ child }) => child?.pid);
        for (const wait of waits) {
          const [, owner] = / process (\d+) on .* \(since 20\d\d-.*Z, \d+\.\ds/.exec(wait) ?? [];
          assert.ok(pid.includes(Number(owner)), wait);
        }
        assert.is(lines.filter((line) => line.includes("[Memory] Calling m#slow")).length, 1);
      }),
    ));

  test(`of four threads one computes, the others wait and load (${role})`, () =>
    withTmp((directory) =>
      withPrograms(directory, SLOW, async (programs) => {
        const four = await Promise.all([1, 2, 3, 4].map(() => programs.thread(role)));
        const answers = await answersOf(four);
        assert.equal(
          answers.map(({ value }) => value),
          [1, 1, 1, 1],
        );
        assert.equal(programs.notes, ["run 1"]);
      }),
    ));
}

test("a process that waits for an asynchronous function goes on with other things", () =>
  withTmp((directory) =>
    withPrograms(
      directory,
      `const slow = memory.cache(
        (x) => {
          note("run");
          return (async () => {
            while (!isThere("go")) await setTimeout(5);
            return x;
          })();
        },
        { name: "slow", module: "m", track: "none", lockTimeout: { minutes: 1 } },
      );
      await ready();
      let ticks = 0;
      // Without a turn of the event loop in the process that waits, nobody ends.
      const timer = setInterval(() => {
        if (role === "waiter" && ++ticks === 3) appendFileSync(directory + "/go", "");
      }, 5);
      const value = await slow(1);
      clearInterval(timer);
      answer(value);`,
      async (programs) => {
        const holder = await programs.process("holder");
        const waiter = await programs.process("waiter");
        holder.start();
        await programs.noted("run");
        waiter.start();
        assert.is((await holder.answer).value, 1);
        assert.is((await waiter.answer).value, 1);
        assert.equal(programs.notes, ["run"]);
      },
    ),
  ));

/** The process "holder" never ends its computation; others do. */
const HOLDER = `
  const compute = (x) => {
    note("run " + role);
    if (role === "holder") block(60_000);
    return x;
  };
  const lockTimeout = role === "impatient" ? 150 : undefined;
  const slow = memory.cache(compute, { name: "slow", module: "m", track: "none", lockTimeout });
  const later = memory.cache(async (x) => compute(x), {
    ...{ name: "slow", module: "m", track: "none", lockTimeout },
  });
  await ready();
  try {
    answer(role === "impatient" ? await later(1) : slow(1));
  } catch (error) {
    answer([error.code, error.message]);
  }`;

test("where the one who computes is killed, another one takes over", () =>
  withTmp((directory) =>
    withPrograms(directory, HOLDER, async (programs) => {
      const [holder, ...others] = (await Promise.all(
        ["holder", "a", "b", "c"].map((role) => programs.process(role)),
      )) as [Program, ...Program[]];
      holder.start();
      await programs.noted("run holder");
      for (const other of others) other.start();
      await programs.process("late");
      holder.child?.kill("SIGKILL");
      const answers = await Promise.all(others.map(({ answer }) => answer));
      assert.equal(
        answers.map(({ value }) => value),
        [1, 1, 1],
      );
      assert.is(programs.notes.length, 2);
    }),
  ));

test("where the thread that computes is terminated, another one takes over", () =>
  withTmp((directory) =>
    withPrograms(directory, HOLDER, async (programs) => {
      const holder = await programs.thread("holder");
      const other = await programs.thread("other");
      holder.start();
      await programs.noted("run holder");
      other.start();
      await holder.stop();
      assert.is((await other.answer).value, 1);
      assert.equal(programs.notes, ["run holder", "run other"]);
    }),
  ));

test("one that is stopped is waited for, until lockTimeout", () =>
  withTmp((directory) =>
    withPrograms(directory, HOLDER, async (programs) => {
      const [holder, waiter, impatient] = (await Promise.all(
        ["holder", "waiter", "impatient"].map((role) => programs.process(role)),
      )) as [Program, Program, Program];
      holder.start();
      await programs.noted("run holder");
      holder.child?.kill("SIGSTOP");
      waiter.start();
      impatient.start();
      const [code, message] = (await impatient.answer).value as [string, string];
      assert.is(code, "ERR_LOCK_TIMEOUT");
      assert.match(
        message,
        `m#slow waited for lockTimeout (150 ms) while process ${holder.child?.pid} on`,
      );
      assert.equal(programs.notes, ["run holder"]);
      holder.child?.kill("SIGKILL");
      assert.is((await waiter.answer).value, 1);
      assert.equal(programs.notes, ["run holder", "run waiter"]);
    }),
  ));

test("two processes that lock crosswise both end", () =>
  withTmp((directory) =>
    withPrograms(
      directory,
      `const options = { module: "m", track: "none", ignore: ["depth"] };
      const meet = async (mine, other) => {
        note(mine);
        while (!isThere("go")) await setTimeout(5);
      };
      const kinds = role.split(" ");
      let f, g;
      if (kinds[0] === "sync") {
        const wait = () => { while (!isThere("go")) block(5); };
        f = memory.cache((x, depth) => { note("f"); wait(); return depth ? g(x, 0) : x; }, { ...options, name: "f" });
        g = memory.cache((x, depth) => { note("g"); wait(); return depth ? f(x, 0) : x; }, { ...options, name: "g" });
      } else {
        f = memory.cache(async (x, depth) => { note("f"); await meet(); return depth ? g(x, 0) : x; }, { ...options, name: "f" });
        g = memory.cache(async (x, depth) => { note("g"); await meet(); return depth ? f(x, 0) : x; }, { ...options, name: "g" });
      }
      await ready();
      answer(await { f, g }[kinds[1]](1, 1));`,
      async (programs) => {
        for (const kind of ["sync", "async"]) {
          const two = await Promise.all(
            ["f", "g"].map((name) => programs.process(`${kind} ${name}`)),
          );
          for (const each of two) each.start();
          await programs.noted("f");
          await programs.noted("g");
          programs.mark("go");
          for (const { answer } of two) assert.is((await answer).value, 1);
        }
      },
    ),
  ));

test("without locks, or without the addon, all compute, and say so at verbose 11 only", () =>
  withTmp((directory) =>
    withPrograms(
      directory,
      `if (role === "native") process.env.NDMEMO_NATIVE = "0";
      const own = open({ verbose: role === "native" ? 11 : 10, lock: role === "native" });
      const slow = own.cache(
        async (x) => { note("run"); while (!isThere("go")) await setTimeout(5); return x; },
        { name: "slow", module: "m", track: "none" },
      );
      await ready();
      answer(await slow(1));`,
      async (programs) => {
        const [off, ...without] = (await Promise.all(
          ["off", "native", "native"].map((role) => programs.process(role)),
        )) as [Program, ...Program[]];
        for (const each of [off, ...without]) each.start();
        while (programs.notes.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
        programs.mark("go");
        const said = "[Memory] m#slow is computed without a lock: The native addon is switched off";
        for (const each of [off, ...without]) {
          const { value, lines } = await each.answer;
          assert.is(value, 1);
          const lockLines = lines.filter((line) => line.startsWith(said));
          assert.is(lockLines.length, each === off ? 0 : 1);
        }
      },
    ),
  ));

test.run();
