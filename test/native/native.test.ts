import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { native, nativeFailure } from "../../lib/native.ts";
import { needing } from "../helpers/requirement.ts";
import { runProgram, withDirectory } from "./scratch.ts";

const addonTest = needing("addon", test);

const REPORT = `
  const { native, nativeFailure } = await import(lib("native.ts"));
  const failure = nativeFailure();
  console.log(JSON.stringify({ loaded: native() !== undefined, code: failure?.code, message: failure?.message, cause: failure?.cause?.message }));
`;

interface Report {
  readonly loaded: boolean;
  readonly code?: string;
  readonly message: string;
  readonly cause?: string;
}

function report(env: NodeJS.ProcessEnv): Report {
  return JSON.parse(runProgram(REPORT, { env }).stdout) as Report;
}

addonTest("the addon is loaded once", () => {
  assert.ok(native());
  assert.is(native(), native());
  assert.is(nativeFailure(), undefined);
});

test("NDMEMO_NATIVE=0 leaves the addon out and says so", () => {
  const { loaded, code, message } = report({ NDMEMO_NATIVE: "0" });
  assert.not(loaded);
  assert.is(code, "ERR_NATIVE");
  assert.match(message, "NDMEMO_NATIVE=0");
});

addonTest("any other value of NDMEMO_NATIVE leaves the addon in", () => {
  assert.ok(report({ NDMEMO_NATIVE: "1" }).loaded);
  assert.ok(report({ NDMEMO_NATIVE: "" }).loaded);
});

test("without a binary the diagnosis names the system, the places and the remedy", () => {
  withDirectory((directory) => {
    const { loaded, code, message, cause } = report({
      NDMEMO_NATIVE: "",
      NDMEMO_PREBUILD: directory,
    });
    assert.not(loaded);
    assert.is(code, "ERR_NATIVE");
    assert.match(message, `${process.platform} ${process.arch}`);
    assert.match(message, `Node ${process.version}, ABI ${process.versions.modules}`);
    assert.match(message, join(directory, "build", "Release"));
    assert.match(message, join(directory, "prebuilds", `${process.platform}-${process.arch}`));
    assert.match(message, "npx node-gyp rebuild");
    assert.match(cause ?? "", "No native build was found");
  });
});

test("a binary that cannot be loaded is named with the loader's error", () => {
  withDirectory((directory) => {
    const file = join(directory, "build", "Release", "addon.node");
    mkdirSync(join(directory, "build", "Release"), { recursive: true });
    writeFileSync(file, "not a library");
    const { loaded, message, cause } = report({ NDMEMO_NATIVE: "", NDMEMO_PREBUILD: directory });
    assert.not(loaded);
    assert.match(message, `tried: ${file}`);
    assert.match(message, (cause ?? "").split("\n")[0] as string);
  });
});

test.run();
