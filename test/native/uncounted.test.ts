import { ftruncateSync } from "node:fs";
import { test as anyTest } from "uvu";
import * as assert from "uvu/assert";
import { type Native, native } from "../../lib/native.ts";
import { needing } from "../helpers/requirement.ts";
import { runProgram, withFile } from "./scratch.ts";

const test = needing("addon", anyTest);
const addon = native() as Native;
const GIB = 2 ** 30;
const kinds = ["guarded", "shared"] as const;

/** A program with `path`, a sparse file of 256 MiB, and what tells how much of it is mapped. */
const PROLOGUE = `
  import fs from "node:fs";
  const { native } = await import(lib("native.ts"));
  const path = process.argv.at(-1);
  const fd = fs.openSync(path, "r+");
  fs.ftruncateSync(fd, 2 ** 28);
  const maps = () => fs.readFileSync("/proc/self/maps", "utf8").split("\\n").filter((line) => line.includes(path)).length;
  // How many maps there were at once of \`count\` that were dropped as soon as they were old, to V8.
  const mostMaps = async (count, use) => {
    let most = 0;
    let held = [];
    for (let i = 1; i <= count; i++) {
      const bytes = new Uint8Array(native().map(fd, 0, 2 ** 28, "guarded"));
      use(bytes);
      held.push(bytes);
      await new Promise((resolve) => setImmediate(resolve));
      if (i % 50 > 0) continue;
      for (let scavenges = 0; scavenges < 2; scavenges++) gc({ type: "minor" });
      held = [];
      most = Math.max(most, maps());
    }
    return most;
  };
`;

function succeeds(source: string): void {
  withFile(Buffer.from("x"), ({ path }) => {
    const { status, signal, stderr } = runProgram(PROLOGUE + source, {
      flags: ["--expose-gc"],
      args: [path],
    });
    assert.is(`${status} ${signal} ${stderr}`, "0 null ");
  });
}

if (process.platform !== "win32") {
  test("V8 does not count the pages of a file as memory of its own", () => {
    withFile(Buffer.from("x"), ({ fd }) => {
      ftruncateSync(fd, GIB);
      for (const kind of kinds) {
        const before = process.memoryUsage().external;
        const held = Array.from({ length: 4 }, () => addon.map(fd, 0, GIB, kind));
        assert.ok(process.memoryUsage().external - before < GIB, kind);
        for (const buffer of held) assert.ok(addon.unmap(buffer));
      }
    });
  });
}

test("V8 counts a map that is there to be written, and any other if it is to", () => {
  withFile(Buffer.from("x"), ({ fd }) => {
    ftruncateSync(fd, GIB);
    for (const [kind, counted] of [["private", false], ...kinds.map((kind) => [kind, true])]) {
      const before = process.memoryUsage().external;
      const buffer = addon.map(fd, 0, GIB, kind as "shared", "", counted as boolean);
      assert.ok(process.memoryUsage().external - before > GIB / 2, `${kind}`);
      assert.ok(addon.unmap(buffer));
    }
  });
});

if (process.platform === "linux") {
  test("maps that nobody holds are collected before they are thousands", () => {
    succeeds(
      `const most = await mostMaps(2000, () => {});
       if (most > 1000) throw new Error(most + " maps");`,
    );
  });

  test("maps that were written to, and that nobody holds, are collected as memory is", () => {
    succeeds(
      `native().onFault(() => {});
       const most = await mostMaps(400, (bytes) => { bytes[0] = 1; });
       if (most > 200) throw new Error(most + " maps");`,
    );
  });
}

test("what others have of a map stays when somebody transfers its buffer", () => {
  for (const kind of kinds) {
    withFile(Buffer.from("x"), ({ fd }) => {
      const buffer = addon.map(fd, 0, 1, kind);
      try {
        structuredClone(buffer, { transfer: [buffer] });
      } catch (error) {
        assert.is((error as Error).name, "DataCloneError");
      }
      assert.is(buffer.byteLength, 1);
      assert.ok(addon.unmap(buffer));
      assert.is(buffer.byteLength, 0);
    });
  }
});

test.run();
