import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Debugger } from "../helpers/debugger.ts";
import { withTmp } from "../helpers/tmp.ts";

const lib = new URL("../../lib/hash/code/code.ts", import.meta.url).href;
const tsx = import.meta.resolve("tsx");

const program = `
  import { promisify } from "node:util";
  import { createInterface } from "node:readline";
  import { codeOf } from "${lib}";
  import { helper } from "./helper.mjs";
  const foreign = promisify((done) => done());
  const make = (k) => (x) => [helper(x), k, foreign];
  function traced() { return 7 }
  for await (const _ of createInterface({ input: process.stdin })) {
    const { codeId, complete } = codeOf(make(5), "deep");
    console.log(JSON.stringify({ codeId, complete, traced: traced() }));
  }
`;

interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ask: () => Promise<{ codeId: string; complete: boolean; traced: number }>;
}

function start(folder: string, ...options: readonly string[]): Run {
  writeFileSync(join(folder, "main.mjs"), program);
  writeFileSync(join(folder, "helper.mjs"), "export const helper = (x) => 2 * x;");
  const child = spawn(process.execPath, [...options, "--import", tsx, join(folder, "main.mjs")]);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask: Run["ask"] = async () => {
    child.stdin.write("go\n");
    const { value } = await lines.next();
    return JSON.parse(value);
  };
  return { child, ask };
}

function addressOf({ child }: Run): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    child.stderr.on("data", (data) => {
      text += data;
      const [address] = /ws:\/\/\S+(?=\n)/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
}

async function stop({ child }: Run): Promise<void> {
  child.stdin.end();
  if (child.exitCode === null) await once(child, "exit");
}

test("beside a debugger the code is the same, and the debugger works on", async () => {
  await withTmp(async (folder) => {
    const plain = start(folder);
    const expected = await plain.ask();
    await stop(plain);
    assert.ok(expected.complete);

    const run = start(folder, "--inspect=0");
    // The first answer says that the program runs, with all of its scripts loaded.
    const address = await addressOf(run);
    assert.equal(await run.ask(), expected);
    const attached = await Debugger.attach(address);
    await attached.send("Runtime.enable");
    await attached.send("Debugger.enable");
    await attached.send("Debugger.setPauseOnExceptions", { state: "uncaught" });
    const url = pathToFileURL(join(folder, "main.mjs")).href;
    const lineNumber = program.split("\n").findIndex((line) => line.includes("return 7"));
    const columnNumber = program.split("\n")[lineNumber]?.indexOf("return 7");
    const breakpoint = await attached.send("Debugger.setBreakpointByUrl", {
      ...{ url, lineNumber, columnNumber },
    });
    assert.is((breakpoint["locations"] as unknown[]).length, 1);

    for (let round = 1; round <= 2; round++) {
      // Our own commands pause nothing; the breakpoint still does, and nothing else.
      const paused = attached.next("Debugger.paused");
      const answer = run.ask();
      await paused;
      await attached.send("Debugger.resume");
      assert.equal(await answer, expected);
      const pauses = attached.events.filter(({ method }) => method === "Debugger.paused");
      assert.is(pauses.length, round);
    }
    const { result } = await attached.send("Runtime.evaluate", { expression: "1 + 1" });
    assert.is((result as { value: unknown }).value, 2);
    attached.close();
    assert.equal(await run.ask(), expected);
    await stop(run);
  });
});

test.run();
