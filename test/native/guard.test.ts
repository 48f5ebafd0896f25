import { constants } from "node:buffer";
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing } from "../helpers/requirement.ts";
import { counting, faultProgram, prints, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
/** At least one page on every system. */
const PAGE = 65_536;

/**
 * Runs a program over a file of zeros, in which no fault is printed: `check(ok)` throws, and the file
 * must be zeros at the end.
 */
function guards(
  size: number,
  source: string,
  end = `check(fs.readFileSync(path).every((byte) => byte === 0), "the file has changed");`,
): void {
  prints(
    "",
    size,
    `const PAGE = ${PAGE};
     addon.onFault(() => {});
     const check = (ok, message = "not so") => { if (!ok) throw new Error(message); };
     ${source}
     ${end}`,
  );
}

if (process.platform !== "win32") {
  test("a guarded map can be written page by page, and the file keeps its bytes", () => {
    guards(
      8 * PAGE,
      `const array = view("");
       const counts = [addon.dirtyPages(array.buffer)];
       for (const [at, value] of [[0, 255], [1, 254], [6 * PAGE, 253]]) {
         array[at] = value;
         counts.push(addon.dirtyPages(array.buffer));
       }
       check(counts.join() === "0,1,1,2");
       check([array[0], array[1], array[2], array[6 * PAGE]].join() === "255,254,0,253");`,
    );
  });

  test("the first write to a guarded map is reported, once", () => {
    prints(
      "one write\ntwo write\nend\n",
      8 * PAGE,
      `const [one, two] = [view("one"), view("two")];
       for (let i = 0; i < 3; i++) { one[i * ${PAGE}] = 1; one[i] = 2; await turn(); }
       two[0] = 1;
       await turn();
       console.log("end");`,
    );
  });

  test("a guarded map cannot be written by a system call, but it can be read by one", () => {
    prints(
      `EFAULT ${PAGE}\n`,
      PAGE,
      `const array = view("call");
       let code;
       try { fs.readSync(fd, array); } catch (error) { code = error.code; }
       console.log(code, fs.writeSync(fd, array));`,
    );
  });

  const ways: Record<string, (view: Uint8Array) => void> = {
    fill: (view) => view.fill(9),
    set: (view) => view.set(new Uint8Array(view.length).fill(9)),
    copyWithin: (view) => view.copyWithin(PAGE + 3, 0),
    reverse: (view) => view.reverse(),
    "Buffer.write": (view) => Buffer.from(view.buffer).write("text"),
    DataView: (view) => new DataView(view.buffer).setFloat64(PAGE - 4, 1.5),
    Atomics: (view) => Atomics.add(view, 17, 1),
    getRandomValues: (view) => crypto.getRandomValues(view.subarray(0, 60_000)),
    "an optimised loop": (view) => {
      for (let round = 0; round < 20; round++) for (let i = 0; i < view.length; i++) view[i] = i;
    },
  };
  test("a guarded map takes a write by whatever writes", () => {
    const sources = Object.entries(ways).map(
      ([name, write]) => `${JSON.stringify(name)}: ${write}`,
    );
    guards(
      4 * PAGE,
      `for (const [name, write] of Object.entries({ ${sources} })) {
         const [array, plain] = [view(""), new Uint8Array(size)];
         write(array);
         write(plain);
         const same = name === "getRandomValues" || Buffer.compare(array, plain) === 0;
         check(same && addon.dirtyPages(array.buffer) > 0, name);
       }`,
    );
  });

  for (const [name, write] of Object.entries(ways)) {
    test(`a private map takes a write by ${name}`, () => {
      const bytes = counting(4 * PAGE);
      withFile(bytes, ({ fd, path }) => {
        const view = new Uint8Array(addon.map(fd, 0, bytes.length, "private"));
        const plain = bytes.slice();
        write(view);
        write(plain);
        if (name !== "getRandomValues") sameArray(view, plain);
        assert.is(addon.dirtyPages(view.buffer) === 0, false);
        sameArray(new Uint8Array(readFileSync(path)), bytes);
      });
    });
  }

  test("the writes to a shared map, and to what is not mapped, are not known", () => {
    withFile(PAGE, ({ fd }) => {
      const shared = addon.map(fd, 0, PAGE, "shared");
      assert.is(addon.dirtyPages(shared), undefined);
      assert.is(addon.dirtyPages(new ArrayBuffer(8)), undefined);
      const unmapped = addon.map(fd, 0, PAGE, "private");
      addon.unmap(unmapped);
      assert.is(addon.dirtyPages(unmapped), undefined);
    });
  });

  test("reading leaves a guarded map clean", () => {
    withFile(counting(4 * PAGE), ({ fd }) => {
      const view = new Uint8Array(addon.map(fd, 0, 4 * PAGE, "guarded"));
      assert.ok(view.reduce((sum, byte) => sum + byte, 0) > 0);
      assert.is(addon.dirtyPages(view.buffer), 0);
    });
  });

  test("a guarded map at the address of an unmapped one starts clean", () => {
    guards(
      PAGE,
      `for (let i = 0; i < 100; i++) {
         const array = view("");
         check(addon.dirtyPages(array.buffer) === 0 && array[0] === 0);
         array[0] = 1;
         check(addon.dirtyPages(array.buffer) === 1);
         addon.unmap(array.buffer);
       }`,
    );
  });

  test("a write is reported although the map has been unmapped since", () => {
    prints(
      "gone write\n",
      PAGE,
      `const array = view("gone");
       array[0] = 1;
       addon.unmap(array.buffer);
       await turn();`,
    );
  });

  test("each of thousands of maps is guarded on its own", () => {
    guards(
      PAGE,
      `const arrays = Array.from({ length: 3000 }, () => view(""));
       for (let i = 0; i < arrays.length; i += 2) arrays[i][i] = 1;
       for (const [i, array] of arrays.entries()) {
         const written = i % 2 === 0 ? 1 : 0;
         check(addon.dirtyPages(array.buffer) === written && array[i] === written);
       }
       for (const array of arrays) check(addon.unmap(array.buffer));`,
    );
  });

  test("the first write of a program that ends at once is reported", () => {
    prints("late write\n", PAGE, `view("late")[0] = 1;`);
  });

  test("a write is reported although the map is being collected as the program ends", () => {
    const { stdout, stderr, status } = faultProgram(
      40 * PAGE,
      `const written = (label) => { view(label)[0] = 1; };
       let said = 0;
       addon.onFault(() => said++);
       process.once("beforeExit", () => {
         for (let round = 1; round <= 20; round++) {
           for (let i = 0; i < 300; i++) written("");
           gc();
           addon.reportFaults();
           if (said !== 300 * round) console.log("round", round, "reports", said);
         }
       });`,
      ["--expose-gc"],
    );
    assert.is(`${stdout}${stderr}${status}`, "0");
  });

  test("the maps of workers are guarded, each reports to its own worker", () => {
    prints(
      "0 write\n1 write\n2 write\n",
      40 * PAGE,
      `import { Worker } from "node:worker_threads";
       const source = ${JSON.stringify(`
         import fs from "node:fs";
         import { workerData, parentPort } from "node:worker_threads";
         (await import(workerData.tsx)).register();
         const { native } = await import(workerData.native);
         const fd = fs.openSync(workerData.path, "r");
         native().onFault((label, kind) => label && parentPort.postMessage(label + " " + kind));
         process.on("beforeExit", () => native().reportFaults());
         const held = new Uint8Array(native().map(fd, 0, 100, "guarded", workerData.label));
         for (let i = 0; i < 100; i++) {
           const view = new Uint8Array(native().map(fd, i, 30 * ${PAGE}, "guarded"));
           for (let at = 0; at < view.length; at += 4096) view[at] = 1;
           if (i % 3) native().unmap(view.buffer);
         }
         held[0] = 1;
       `)};
       const said = [];
       await Promise.all(["0", "1", "2"].map((label) => new Promise((resolve, reject) => {
         const workerData = { path, label, native: lib("native.ts"), tsx: ${JSON.stringify(import.meta.resolve("tsx/esm/api"))} };
         new Worker(source, { eval: true, workerData }).on("message", (text) => said.push(text)).on("error", reject).on("exit", (code) => code ? reject(new Error("exit " + code)) : resolve());
       })));
       console.log(said.sort().join("\\n"));
       if (fs.readFileSync(path).some((byte) => byte !== 0)) throw new Error("the file has changed");`,
    );
  });

  test("a write on the thread pool lands in a private copy", () => {
    prints(
      "pool write\n",
      100 * PAGE,
      `const array = view("pool");
       await new Promise((resolve, reject) => crypto.randomFill(array, (error) => error ? reject(error) : resolve()));
       if (!array.some((byte) => byte !== 0)) throw new Error("nothing was written");
       if (fs.readFileSync(path).some((byte) => byte !== 0)) throw new Error("the file has changed");`,
    );
  });
}

if (process.platform === "linux") {
  test("pages written here and there do not use up the system's table of maps", () => {
    guards(
      320 * 2 ** 20,
      `const array = view("");
       for (let at = 0; at < size; at += 8192) array[at] = 1;
       for (let at = 0; at < size; at += 8192) check(array[at] === 1);
       const parts = fs.readFileSync("/proc/self/maps", "utf8").split(path).length - 1;
       check(parts > 0 && parts < 5000, parts + " parts");`,
    );
  });

  if (constants.MAX_LENGTH > totalmem() * 4) {
    test("a file larger than memory is guarded, and so is all of it when much was written", () => {
      guards(
        totalmem() * 4,
        `const array = view("");
         const places = Array.from({ length: 2000 }, (_, i) => Math.floor((i / 2000) * size));
         for (const place of places) array[place] = 1;
         check(places.every((place) => array[place] === 1));`,
        // A file of that size is not read to see that it has not changed.
        "",
      );
    });
  }
}

test("a callback that is not a function is a TypeError", () => {
  assert.throws(
    () => addon.onFault(1 as never),
    (error: unknown) => error instanceof TypeError,
  );
});

test.run();
