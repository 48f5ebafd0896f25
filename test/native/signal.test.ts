import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { needing } from "../helpers/requirement.ts";
import { faultProgram, prints } from "./scratch.ts";

const test = needing("addon", anyTest);

/** At least one page on every system. */
const PAGE = 65_536;

if (process.platform !== "win32") {
  test("WebAssembly out of bounds is still a RuntimeError", () => {
    const compile = `
      const bytes = "0061736d0100000001060160017f017f030201000503010001070801046c6f616400000a0901070020002802000b";
      const { load } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(bytes, "hex"))).exports;`;
    const guard = `const array = view("array"); array[0] = 1;`;
    const trap = `
      for (let i = 0; i < 1000; i++) {
        try { load(0x7ffffff0); throw new Error("no trap"); } catch (error) { if (!(error instanceof WebAssembly.RuntimeError)) throw error; }
      }
      array[size - 1] = 1;
      if (addon.dirtyPages(array.buffer) < 2 || load(0) !== 0) throw new Error("wrong");`;
    prints("array write\n", 10 * PAGE, compile + guard + trap);
    prints("array write\n", 10 * PAGE, guard + compile + trap);
    prints("array write\n", 10 * PAGE, `${compile} try { load(-1); } catch {} ${guard} ${trap}`);
  });

  test("SIGSEGV and SIGBUS from another process still end the process", () => {
    for (const name of ["SIGSEGV", "SIGBUS"]) {
      const { signal } = faultProgram(
        PAGE,
        `view("array")[0] = 1;
         process.kill(process.pid, ${JSON.stringify(name)});
         await new Promise((resolve) => setTimeout(resolve, 10_000));`,
      );
      assert.is(signal, name);
    }
  });

  test("a fault outside of all maps still ends the process by SIGSEGV", () => {
    // With V8's handler before ours, and with the system's default.
    for (const flags of [[], ["--disable-wasm-trap-handler"]]) {
      const { signal, stderr } = faultProgram(
        2000 * PAGE,
        `const others = Array.from({ length: 50 }, () => view(""));
         others[0][0] = 1;
         const array = view("");
         crypto.randomFill(array, () => {});
         // The thread pool goes on writing to what is no longer there.
         while (addon.dirtyPages(array.buffer) === 0);
         addon.unmap(array.buffer);
         await new Promise((resolve) => setTimeout(resolve, 10_000));`,
        flags,
      );
      assert.is(`${signal} ${stderr}`, "SIGSEGV ");
    }
  });

  test("the pages of a truncated file are zeros, and it is reported once for each map", () => {
    for (const mode of ["guarded", "private", "shared"]) {
      prints(
        "lost bus\nend\n",
        8 * PAGE,
        `const array = view("lost", ${JSON.stringify(mode)});
         fs.writeSync(fd, Buffer.alloc(size, 9));
         fs.ftruncateSync(fd, ${PAGE});
         for (let at = ${PAGE}; at < size; at += 1000) if (array[at] !== 0) throw new Error("at " + at);
         if (array[0] !== 9) throw new Error("the page that is left has changed");
         await turn();
         array[3 * ${PAGE}] = 3;
         if (array[3 * ${PAGE}] !== 3) throw new Error("a write was lost");
         await turn();
         console.log("end");`,
      );
    }
  });

  test("a write to a page that a truncated file has lost is kept", () => {
    prints(
      "both write\nboth bus\n",
      8 * PAGE,
      `const array = view("both");
       fs.ftruncateSync(fd, ${PAGE});
       array[5 * ${PAGE}] = 7;
       if (array[5 * ${PAGE}] !== 7) throw new Error("a write was lost");
       await turn();`,
    );
  });
}

if (process.platform === "linux") {
  test("pages lost here and there do not use up the system's table of maps", () => {
    prints(
      "lost bus\n",
      320 * 2 ** 20,
      `const array = view("lost", "private");
       fs.ftruncateSync(fd, 0);
       for (let at = 0; at < size; at += 8192) if (array[at] !== 0) throw new Error("at " + at);
       const parts = fs.readFileSync("/proc/self/maps", "utf8").split("\\n").length;
       if (parts > 10_000) throw new Error(parts + " parts");
       await turn();`,
    );
  });
}

test.run();
