import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { requires } from "../helpers/requirement.ts";
import { onlyFile, withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";
import { runProgram } from "../native/scratch.ts";

for (const isSummed of [true, false]) {
  const when = isSummed ? "after" : "before";
  const title = `verify: full finds what others wrote to an adopted array ${when} it had a checksum`;
  requires("addon", test, title, () =>
    withTmp(async (directory) => {
      const identity = { name: "ones", module: "m.ts", track: "none" } as const;
      const memory = new Memory(directory, { verbose: 0 });
      let runs = 0;
      const compute = (): Float64Array => {
        runs++;
        return memory.empty("float64", 100).fill(1);
      };
      memory.cache(compute, identity)();
      await memory.flush();
      if (!isSummed) rmSync(onlyFile(directory, ".sum"));
      const path = onlyFile(directory, ".npy");
      const bytes = readFileSync(path);
      bytes[200] = (bytes[200] as number) ^ 1;
      writeFileSync(path, bytes);

      const reader = new Memory(directory, { verbose: 0, verify: "full" });
      const { result, warnings } = await withWarnings(() => reader.cache(compute, identity)());
      assert.ok((result as Float64Array).every((element) => element === 1));
      assert.is(runs, 2);
      assert.equal(
        warnings.map(({ code }) => code),
        ["ERR_CORRUPT_ENTRY"],
      );
    }),
  );
}

requires(
  "addon",
  test,
  "an array alone in its file is mapped by the addon, which opens the file",
  () =>
    withTmp((directory) => {
      const { stdout, stderr } = runProgram(
        `import fs from "node:fs";
       import { syncBuiltinESMExports } from "node:module";
       const { Memory } = await import(lib("index.ts"));
       const cached = new Memory(process.argv.at(-1), { verbose: 0, mmapMode: "r" }).cache(
         function make(n) { return new Float64Array(n).fill(3); });
       const lengths = [10, 2 ** 20];
       for (const length of lengths) cached(length);
       const { openSync } = fs;
       let opened = 0;
       fs.openSync = (...args) => { opened++; return openSync(...args); };
       syncBuiltinESMExports();
       console.log(...lengths.map((length) => cached(length)[9]), opened);`,
        { args: [directory] },
      );
      const isWindows = process.platform === "win32";
      assert.match(`${stdout}${stderr}`, isWindows ? /^3 3 / : /^3 3 0\n$/);
    }),
);

test.run();
