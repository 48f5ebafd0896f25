import { constants } from "node:buffer";
import { readFileSync, truncateSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isCacheError } from "../../lib/errors.ts";
import { type Mapper, type MmapMode, mapper } from "../../lib/store/map/mapper.ts";
import { sameArray } from "../helpers/assert.ts";
import { needing, requires } from "../helpers/requirement.ts";
import { counting, type Ended, runProgram, withDirectory, withFile } from "../native/scratch.ts";

const addonTest = needing("addon", test);
const MODES: MmapMode[] = ["r", "c", "r+", "w+"];
const chosen = mapper() as Mapper;

addonTest("the addon is the first choice", () => {
  assert.is(chosen.name, "addon");
  assert.is(chosen.maxBytes, Math.min(constants.MAX_LENGTH, Number.MAX_SAFE_INTEGER));
  assert.is(mapper(), chosen);
});

addonTest("every mode maps the range that was asked for", () => {
  const bytes = counting(10_000);
  withFile(bytes, ({ fd }) => {
    for (const mode of MODES) {
      const { buffer, byteOffset } = chosen.map(fd, 4099, 5000, mode);
      sameArray(new Uint8Array(buffer, byteOffset, 5000), bytes.subarray(4099, 9099));
    }
  });
});

addonTest("a write reaches the file in the modes r+ and w+ only", () => {
  for (const mode of ["c", "r+", "w+"] as const) {
    withFile(counting(5000), ({ fd, path }) => {
      const { buffer, byteOffset } = chosen.map(fd, 128, 4000, mode);
      const view = new Uint8Array(buffer, byteOffset, 4000);
      view[1] = 255;
      assert.is(view[1], 255);
      assert.is(readFileSync(path)[129], mode === "c" ? 129 : 255);
    });
  }
});

addonTest("release empties the array and reports whether it did", () => {
  withFile(counting(100), ({ fd }) => {
    const { buffer, byteOffset } = chosen.map(fd, 7, 50, "r");
    const view = new Uint8Array(buffer, byteOffset, 50);
    assert.is(chosen.release(buffer), true);
    assert.is(view.length, 0);
    assert.is(chosen.release(buffer), false);
    assert.is(chosen.release(new ArrayBuffer(4)), false);
    assert.is(chosen.release(new SharedArrayBuffer(4)), false);
  });
});

addonTest("a range beyond the limit is ERR_NATIVE and says where the limit is", () => {
  withFile(100, ({ fd }) => {
    try {
      chosen.map(fd, 0, chosen.maxBytes + 1, "r");
      assert.unreachable("nothing was thrown");
    } catch (error) {
      if (!isCacheError(error, "ERR_NATIVE")) throw error;
      assert.match(error.message, `${chosen.maxBytes} bytes`);
      assert.match(error.message, "mmapMode: null");
    }
  });
});

const FAULTS = `
  import fs from "node:fs";
  const { mapper } = await import(lib("store/map/mapper.ts"));
  const fd = fs.openSync(process.argv.at(-1), "r+");
  const view = (mode, label) => {
    const { buffer, byteOffset } = mapper().map(fd, 128, 100_000, mode, { label });
    return new Uint8Array(buffer, byteOffset, 100_000);
  };
  process.on("warning", (warning) => console.log(warning.name, warning.code, warning.message.split(":")[0]));
  const turn = () => new Promise((resolve) => setTimeout(() => setImmediate(resolve), 5));
`;

if (process.platform !== "win32") {
  addonTest(
    "a write to a map of mode r warns once and names it, to one of mode c it is silent",
    () => {
      withFile(counting(200_000), ({ path }) => {
        const { stdout, status } = runProgram(
          `${FAULTS}
         const [r, c, rPlus] = [view("r", "entry R"), view("c", "entry C"), view("r+", "entry S")];
         console.log(mapper().dirtyPages(r.buffer), mapper().dirtyPages(c.buffer), mapper().dirtyPages(rPlus.buffer));
         for (let i = 0; i < 3; i++) {
           r[i * 20_000] = c[i * 20_000] = rPlus[0] = 255;
           await turn();
         }
         console.log(mapper().dirtyPages(r.buffer), mapper().dirtyPages(c.buffer), r[0], c[0]);`,
          { args: [path] },
        );
        const warning = "CacheWarning CACHE_WRITE_TO_READ_ONLY entry R is mapped read-only";
        assert.is(stdout, `0 0 undefined\n${warning}\n3 3 255 255\n`);
        assert.is(status, 0);
        assert.is(readFileSync(path)[128], 255);
        assert.is(readFileSync(path)[20_128], 20_128 % 251);
      });
    },
  );

  addonTest("a write to a map of mode r is a warning although the program ends at once", () => {
    withFile(counting(200_000), ({ path }) => {
      const { stdout } = runProgram(`${FAULTS} view("r", "entry R")[0] = 1;`, { args: [path] });
      assert.match(stdout, "CACHE_WRITE_TO_READ_ONLY");
    });
  });

  addonTest(
    "a page that a truncated file has lost is zeros and an uncaught ERR_CORRUPT_ENTRY",
    () => {
      for (const mode of MODES) {
        withFile(counting(200_000), ({ path }) => {
          const { stdout, stderr, status, signal } = runProgram(
            `${FAULTS}
           const array = view(${JSON.stringify(mode)}, "entry R");
           fs.ftruncateSync(fd, 0);
           console.log(array[0], array[99_999]);
           process.on("exit", () => console.log("exit"));
           await turn();
           console.log("not reached");`,
            { args: [path] },
          );
          assert.is(`${stdout}${status} ${signal}`, "0 0\nexit\n1 null");
          assert.match(stderr, "CacheError: entry R was truncated");
          assert.match(stderr, "ERR_CORRUPT_ENTRY");
        });
      }
    },
  );
}

test("without a mapper there is one warning, and it says why", () => {
  withDirectory((cwd) => {
    const { stdout, stderr, status } = runProgram(
      `const { mapper, warnNoMapper } = await import(lib("store/map/mapper.ts"));
       process.on("warning", (warning) => console.log(warning.name, warning.code));
       console.log(String(mapper()));
       for (let i = 0; i < 3; i++) warnNoMapper();`,
      { cwd, env: { NDMEMO_NATIVE: "0" } },
    );
    assert.is(status, 0);
    assert.is(stdout, "undefined\nCacheWarning CACHE_NO_MAPPER\n");
    assert.match(stderr, "NDMEMO_NATIVE=0");
  });
});

const installed = fileURLToPath(new URL("../mmap-io/", import.meta.url));

/** Runs a program in which `mmap` is the mapper over mmap-io and `fd` the file, open for both. */
function mmapIoProgram(path: string, source: string): Ended {
  return runProgram(
    `import fs from "node:fs";
     const { mapper } = await import(lib("store/map/mapper.ts"));
     const mmap = mapper();
     const fd = fs.openSync(process.argv.at(-1), "r+");
     const thrown = (call) => { try { call(); } catch (error) { return error.code; } };
     ${source}`,
    { cwd: installed, env: { NDMEMO_NATIVE: "0" }, args: [path] },
  );
}

// No release of mmap-io builds on Node 24 or later.
if (Number.parseInt(process.versions.node, 10) < 24) {
  requires(
    "mmap-io",
    test,
    "mmap-io, found from the working directory, takes the addon's place",
    () => {
      withFile(counting(10_000), ({ path }) => {
        const { stdout, stderr } = mmapIoProgram(
          path,
          `console.log(mmap.name, mmap.maxBytes < 2 ** 31);
       for (const mode of ["r", "c", "r+", "w+"]) {
         const { buffer, byteOffset } = mmap.map(fd, 4099, 5000, mode);
         const view = new Uint8Array(buffer, byteOffset, 5000);
         console.log(view.every((byte, i) => byte === (4099 + i) % 251));
         view[0] = 255;
         console.log(fs.readFileSync(process.argv.at(-1))[4099] === 255, mmap.release(buffer), view[0]);
         view[0] = 4099 % 251;
       }`,
        );
        const [kept, written] = ["true\nfalse false 255\n", "true\ntrue false 255\n"];
        assert.is(`${stdout}${stderr}`, `mmap-io true\n${kept}${kept}${written}${written}`);
      });
    },
  );

  requires("mmap-io", test, "mmap-io is never given what it would cut to 32 bits", () => {
    withFile(100, ({ path }) => {
      truncateSync(path, 6 * 2 ** 30);
      const { stdout, stderr } = mmapIoProgram(
        path,
        `for (const [offset, length] of [[0, 2 ** 31], [0, 2 ** 32 + 4096], [0, 5 * 2 ** 30], [2 ** 31, 1], [2 ** 32, 4096], [100, 2 ** 31 - 100]]) {
         console.log(thrown(() => mmap.map(fd, offset, length, "r")));
       }
       console.log(mmap.map(fd, 4095, mmap.maxBytes, "r").buffer.byteLength >= mmap.maxBytes);`,
      );
      assert.is(`${stdout}${stderr}`, `${"ERR_NATIVE\n".repeat(6)}true\n`);
    });
  });

  requires("mmap-io", test, "mmap-io is never given more than the file has", () => {
    withFile(5000, ({ path }) => {
      const { stdout, stderr } = mmapIoProgram(
        path,
        `console.log(thrown(() => mmap.map(fd, 0, 5001, "r")), thrown(() => mmap.map(fd, 4999, 2, "c")));`,
      );
      assert.is(`${stdout}${stderr}`, "ENXIO ENXIO\n");
    });
  });
}

test.run();
