import { readFileSync } from "node:fs";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, runProgram, WORKER_PROLOGUE, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;

/** Begins each program and each of its workers. */
const PROLOGUE = `${WORKER_PROLOGUE}
  const fd = fs.openSync(path, "r+");
`;

/** Ends what each program begins with: how to see maps, to wait, and to start workers. */
const TOOLS = `
  const maps = () => fs.readFileSync("/proc/self/maps", "utf8").split("\\n").filter((line) => line.includes(path)).length;
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  const work = (source) => new Promise((resolve, reject) => {
    const worker = new Worker(${JSON.stringify(PROLOGUE)} + source, {
      eval: true,
      workerData: { path, native: lib("native.ts") },
    });
    worker.on("message", () => worker.terminate()).on("exit", resolve).on("error", reject);
  });
`;

function succeeds(source: string, flags: string[] = []): void {
  withFile(counting(20_000), ({ path }) => {
    const { status, signal, stderr } = runProgram(PROLOGUE + TOOLS + source, {
      flags,
      args: [path],
    });
    assert.is(`${status} ${signal} ${stderr}`, "0 null ");
  });
}

if (process.platform === "linux") {
  test("unmap removes the pages at once", () => {
    withFile(counting(20_000), ({ fd, path }) => {
      const mapped = (): boolean => readFileSync("/proc/self/maps", "utf8").includes(path);
      const buffer = addon.map(fd, 0, 20_000, "private");
      assert.ok(mapped());
      addon.unmap(buffer);
      assert.not(mapped());
    });
  });

  test("10,000 maps, unmapped in one turn of the event loop, leave nothing behind", () => {
    withFile(counting(20_000), ({ fd, path }) => {
      for (let i = 0; i < 10_000; i++) {
        assert.ok(addon.unmap(addon.map(fd, i, 5000, i % 2 === 0 ? "private" : "shared")));
      }
      assert.not.match(readFileSync("/proc/self/maps", "utf8"), path);
    });
  });

  test("a buffer that nobody holds is unmapped by the garbage collector", () => {
    succeeds(
      `for (let i = 0; i < 100; i++) native().map(fd, 0, 20_000, "private");
       const before = maps();
       for (let i = 0; i < 50 && maps() > 0; i++) { gc(); await turn(); }
       if (before === 0 || maps() > 0) throw new Error(before + " maps, then " + maps());`,
      ["--expose-gc"],
    );
  });

  test("the maps of a worker are gone when it has ended", () => {
    for (const end of ["", "process.exit(0);", "parentPort.postMessage(1); while (true);"]) {
      succeeds(
        `await work(${JSON.stringify(
          `globalThis.held = Array.from({ length: 50 }, () => native().map(fd, 1, 20, "private"));
           native().unmap(held[0]);
           ${end}`,
        )});
         if (maps() > 0) throw new Error("still mapped");`,
      );
    }
  });
}

test("several workers map one file at once", () => {
  succeeds(
    `const source = ${JSON.stringify(
      `for (let i = 0; i < 2000; i++) {
         const view = new Uint8Array(native().map(fd, i, 5000, "shared"));
         if (view[0] !== i % 251) throw new Error("wrong byte");
         if (i % 2) native().unmap(view.buffer);
       }`,
    )};
     await Promise.all([work(source), work(source), work(source)]);`,
  );
});

test("a process ends well with maps alive, however it ends", () => {
  for (const end of ["", "process.exit(0);", "setImmediate(() => process.exit(0));"]) {
    succeeds(
      `globalThis.held = Array.from({ length: 20 }, () => native().map(fd, 1, 20, "private"));
       native().unmap(held[0]);
       ${end}`,
    );
  }
});

test("a process whose workers alone loaded the addon runs on without them", () => {
  withFile(counting(20_000), ({ path }) => {
    // Node unloads an addon with the last thread that uses it; the signal handlers stay.
    const { status, signal, stdout, stderr } = runProgram(
      `${PROLOGUE}${TOOLS}
       for (let i = 0; i < 3; i++) {
         await work(${JSON.stringify(
           `globalThis.held = native().map(fd, 0, 20000, "guarded");
            new Uint8Array(held).fill(1);`,
         )});
         await turn();
       }
       const bytes = "0061736d0100000001060160017f017f030201000503010001070801046c6f616400000a0901070020002802000b";
       const { load } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(bytes, "hex"))).exports;
       try { load(-1); } catch (error) { console.log(error.name); }`,
      { args: [path] },
    );
    assert.is(`${stdout}${stderr}${status} ${signal}`, "RuntimeError\n0 null");
  });
});

test.run();
