import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { sameArray } from "../helpers/assert.ts";
import { counting, prints, withFile } from "./scratch.ts";

const addon = native() as Native;
/** At least one page on every system. */
const PAGE = 65_536;

if (process.platform !== "win32") {
  test("a private map can be written page by page, and the file keeps its bytes", () => {
    const bytes = counting(8 * PAGE);
    withFile(bytes, ({ fd, path }) => {
      const view = new Uint8Array(addon.map(fd, 5, 7 * PAGE, "private"));
      assert.is(addon.dirtyPages(view.buffer), 0);
      view[0] = 255;
      view[1] = 254;
      assert.is(addon.dirtyPages(view.buffer), 1);
      view[6 * PAGE] = 253;
      assert.is(addon.dirtyPages(view.buffer), 2);
      assert.equal([...view.subarray(0, 3), view[6 * PAGE]], [255, 254, bytes[7], 253]);
      sameArray(new Uint8Array(readFileSync(path)), bytes);
    });
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

  test("a private map counts writes and reports none", () => {
    prints(
      "0 1\n",
      PAGE,
      `const quiet = view("quiet", "private");
       const before = addon.dirtyPages(quiet.buffer);
       quiet[0] = 1;
       console.log(before, addon.dirtyPages(quiet.buffer));
       await turn();`,
    );
  });

  test("a map cannot be written by a system call, but it can be read by one", () => {
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
  for (const [name, write] of Object.entries(ways)) {
    test(`a private map takes a write by ${name}`, () => {
      const bytes = counting(4 * PAGE);
      withFile(bytes, ({ fd, path }) => {
        const view = new Uint8Array(addon.map(fd, 0, bytes.length, "private"));
        const plain = bytes.slice();
        write(view);
        write(plain);
        if (name !== "getRandomValues") sameArray(view, plain);
        assert.ok((addon.dirtyPages(view.buffer) ?? 0) > 0);
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

  test("reading leaves a map clean", () => {
    withFile(counting(4 * PAGE), ({ fd }) => {
      const view = new Uint8Array(addon.map(fd, 0, 4 * PAGE, "guarded"));
      assert.ok(view.reduce((sum, byte) => sum + byte, 0) > 0);
      assert.is(addon.dirtyPages(view.buffer), 0);
    });
  });

  test("a map at the address of an unmapped one starts clean", () => {
    withFile(PAGE, ({ fd }) => {
      for (let i = 0; i < 100; i++) {
        const view = new Uint8Array(addon.map(fd, 0, PAGE, "private"));
        assert.is(addon.dirtyPages(view.buffer), 0);
        assert.is(view[0], 0);
        view[0] = 1;
        addon.unmap(view.buffer);
      }
    });
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
    withFile(PAGE, ({ fd }) => {
      const views = Array.from(
        { length: 3000 },
        () => new Uint8Array(addon.map(fd, 0, PAGE, "private")),
      );
      for (let i = 0; i < views.length; i += 2) (views[i] as Uint8Array)[i] = 1;
      for (const [i, view] of views.entries()) {
        assert.is(addon.dirtyPages(view.buffer), i % 2 === 0 ? 1 : 0);
        assert.is(view[i], i % 2 === 0 ? 1 : 0);
      }
      for (const view of views) assert.ok(addon.unmap(view.buffer));
    });
  });

  test("the first write of a program that ends at once is reported", () => {
    prints("late write\n", PAGE, `view("late")[0] = 1;`);
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
         native().onFault((label, kind) => parentPort.postMessage(label + " " + kind));
         process.on("beforeExit", () => native().reportFaults());
         const held = new Uint8Array(native().map(fd, 0, 100, "guarded", workerData.label));
         for (let i = 0; i < 100; i++) {
           const view = new Uint8Array(native().map(fd, i, 30 * ${PAGE}, "private"));
           for (let at = 0; at < view.length; at += 4096) view[at] = 1;
           if (i % 3) native().unmap(view.buffer);
         }
         held[0] = 1;
       `)};
       const said = [];
       await Promise.all(["0", "1", "2"].map((label) => new Promise((resolve, reject) => {
         const workerData = { path, label, native: lib("native.ts"), tsx: ${JSON.stringify(import.meta.resolve("tsx/esm/api"))} };
         new Worker(source, { eval: true, workerData }).on("message", (text) => said.push(text)).on("error", reject).on("exit", resolve);
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
    withFile(320 * 2 ** 20, ({ fd, path }) => {
      const view = new Uint8Array(addon.map(fd, 0, 320 * 2 ** 20, "private"));
      for (let at = 0; at < view.length; at += 8192) view[at] = 1;
      for (let at = 0; at < view.length; at += 8192)
        if (view[at] !== 1) assert.unreachable(`${at}`);
      const parts = readFileSync("/proc/self/maps", "utf8").split(path).length - 1;
      assert.ok(parts > 0 && parts < 5000, `${parts} parts`);
      addon.unmap(view.buffer);
    });
  });
}

test("a callback that is not a function is a TypeError", () => {
  assert.throws(
    () => addon.onFault(1 as never),
    (error: unknown) => error instanceof TypeError,
  );
});

test.run();
