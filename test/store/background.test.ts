import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { flush, inBackground } from "../../lib/store/background.ts";

const tmpOf = (location: string): string => join(location, "ndmemo", "tmp");

test("work of one store is done in order, one piece after the other", async () => {
  const steps: string[] = [];
  for (const name of ["a", "b"]) {
    inBackground(tmpOf("/one"), async () => {
      steps.push(`${name} begins`);
      await setTimeout(5);
      steps.push(`${name} ends`);
    });
  }
  assert.equal(steps, []);
  await flush("/one");
  assert.equal(steps, ["a begins", "a ends", "b begins", "b ends"]);
});

test("flush waits for what is added while it waits, and for no other store", async () => {
  const done: string[] = [];
  let finish = (): void => {};
  inBackground(tmpOf("/other"), () => new Promise<void>((resolve) => (finish = resolve)));
  inBackground(tmpOf("/two"), async () => {
    done.push("first");
    inBackground(tmpOf("/two"), async () => void done.push("second"));
  });
  await flush("/two");
  assert.equal(done, ["first", "second"]);
  await flush("/two");
  await flush("/none");
  finish();
  await flush("/other");
});

test("an error of a piece of work ends that piece only", async () => {
  let isDone = false;
  inBackground(tmpOf("/three"), () => Promise.reject(new Error("lost")));
  inBackground(tmpOf("/three"), () => {
    throw new Error("lost, too");
  });
  inBackground(tmpOf("/three"), async () => {
    isDone = true;
  });
  await flush("/three");
  assert.ok(isDone);
});

test("background work with files keeps the process alive until it is done", () => {
  const module = new URL("../../lib/store/background.ts", import.meta.url).href;
  const program = `
    import { stat } from "node:fs/promises";
    const { inBackground } = await import(${JSON.stringify(module)});
    for (let i = 0; i < 3; i++) inBackground("tmp", () => stat("."));
    inBackground("tmp", async () => console.log("done"));
    console.log("end");`;
  const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", program];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.is(stdout, "end\ndone\n");
});

test.run();
