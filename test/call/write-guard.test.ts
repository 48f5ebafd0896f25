/**
 * Whoever writes to an array that is mapped to be read, on whatever thread: the process lives, the
 * entry stays as it is, the digest is computed again, and there is one warning.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { needing } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { runProgram } from "../native/scratch.ts";

const addonTest = needing("addon", test);

/** Ways to write, each to an array of its own of some pages of float64. */
const ways: Readonly<Record<string, (array: Float64Array, fd: number) => void>> = {
  "an optimised loop": (array) => {
    for (let round = 1; round < 30; round++) {
      for (let i = 0; i < array.length; i++) array[i] = i + round;
    }
  },
  "an optimised loop over bytes": (array) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i++) bytes[i] = i;
  },
  fill: (array) => array.fill(-1),
  set: (array) => array.set(new Float64Array(array.length).fill(-1)),
  copyWithin: (array) => array.copyWithin(0, 100),
  sort: (array) => array.sort((a, b) => b - a),
  "a DataView": (array) => new DataView(array.buffer, array.byteOffset).setUint8(9, 1),
  Atomics: (array) => Atomics.or(new Int32Array(array.buffer, array.byteOffset), 100, 1),
  "Buffer.copy": (array) =>
    Buffer.alloc(5000, 7).copy(Buffer.from(array.buffer, array.byteOffset), 11),
  getRandomValues: (array) =>
    crypto.getRandomValues(new Uint8Array(array.buffer, array.byteOffset, 60_000)),
  encodeInto: (array) =>
    new TextEncoder().encodeInto("text", new Uint8Array(array.buffer, array.byteOffset)),
};

/** What every thread runs; `report` is told when a thing is not as it should be. */
const PROLOGUE = `
  import fs from "node:fs";
  import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
  // On Node 20 a worker does not inherit the hooks of tsx.
  if (workerData) (await import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))})).register();
  const url = workerData?.url ?? lib("index.ts");
  const directory = workerData?.directory ?? process.argv.at(-1);
  const { hash, Memory } = await import(url);
  const cached = new Memory(directory, { verbose: 0, mmapMode: "r" }).cache(
    function ramp(n) { return Float64Array.from({ length: n }, (_, i) => i + 1); });
  const open = () => cached(20_000);
  const original = hash(open());
  const check = (ok, what) => { if (!ok) throw new Error((isMainThread ? "main: " : "worker: ") + what); };
  const warnings = [];
  process.on("warning", ({ code }) => warnings.push(code));
  // A timer that is due comes before the faults, an immediate after them.
  const turn = () => new Promise((resolve) => setTimeout(() => setImmediate(resolve), 5));
`;

/** Runs a program over an entry in the main thread, then in two workers at once. */
function runEverywhere(source: string): Promise<void> {
  return withTmp((directory) => {
    const start = `
      const work = () => new Promise((resolve, reject) => {
        const workerData = { url, directory };
        new Worker(${JSON.stringify(PROLOGUE + source)}, { eval: true, workerData, stdout: false })
          .on("error", reject).on("exit", resolve);
      });
      await Promise.all([work(), work()]);
      console.log("end");`;
    const seed = `open(); const path = fs.readdirSync(directory, { recursive: true }).find((name) => name.endsWith(".npy"));
      const before = fs.readFileSync(directory + "/" + path);`;
    const after = `
      check(fs.readFileSync(directory + "/" + path).equals(before), "the entry has changed");`;
    const { stdout, stderr, status, signal } = runProgram(
      PROLOGUE + seed + source + start + after,
      { args: [directory], flags: ["--no-warnings"] },
    );
    assert.is(`${stdout}${stderr}${status} ${signal}`, "end\n0 null");
    assert.is(readFileSync(onlyFile(directory, ".npy")).readDoubleLE(128), 1);
  });
}

if (process.platform !== "win32") {
  addonTest("a write of any kind stays private, is in the digest, and is warned of once", () => {
    const sources = Object.entries(ways).map(
      ([name, write]) => `${JSON.stringify(name)}: ${write}`,
    );
    return runEverywhere(`
      for (const [name, write] of Object.entries({ ${sources} })) {
        const array = open();
        check(hash(array) === original, name + ": known before");
        write(array);
        check(hash(array) === hash(array.slice()), name + ": stale digest");
        check(hash(array) !== original, name + ": nothing was written");
        await turn();
        array[19_999] = -5;
        await turn();
        check(warnings.splice(0).join() === "CACHE_WRITE_TO_READ_ONLY", name + ": warnings");
        check(hash(open()) === original, name + ": the next hit");
      }`);
  });

  addonTest("fs reads into an array of mode r fail with EFAULT, and nothing has changed", () =>
    runEverywhere(`
      const file = fs.openSync(process.execPath, "r");
      const array = open();
      const codes = [];
      const note = (error) => codes.push(error.code);
      try { fs.readSync(file, array, 0, 4096, 0); } catch (error) { note(error); }
      try { fs.readvSync(file, [new Uint8Array(8), array], 0); } catch (error) { note(error); }
      await new Promise((resolve) => fs.read(file, array, 0, 4096, 0, (error) => { note(error); resolve(); }));
      await fs.promises.open(process.execPath).then(async (handle) => {
        await handle.read(array, 0, 4096, 0).catch(note);
        await handle.close();
      });
      await turn();
      check(/^EFAULT(,EFAULT){2,3}$/.test(codes.join()), codes.join());
      check(array.every((value, i) => value === i + 1), "the array has changed");
      check(hash(array) === original && warnings.length === 0, "a write was noted");`),
  );

  addonTest("fs reads into pages that were written before, and no further", () =>
    runEverywhere(`
      const file = fs.openSync(process.execPath, "r");
      const array = open();
      array.fill(0, 0, 1024);
      let got;
      try { got = fs.readSync(file, array, 0, array.byteLength, 0); } catch (error) { got = error.code; }
      check(got >= 4096 && got < array.byteLength, "read " + got);
      const expected = Buffer.alloc(got);
      fs.readSync(file, expected, 0, got, 0);
      check(Buffer.from(array.buffer, array.byteOffset, got).equals(expected), "other bytes");
      check(array[19_999] === 20_000, "a page behind has changed");
      check(hash(array) === hash(array.slice()) && hash(array) !== original, "stale digest");`),
  );
}

test.run();
