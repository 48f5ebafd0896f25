import { EventEmitter } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { nodeModuleName } from "../../lib/code/origin/node-module.ts";

test("modules of Node, their functions and some objects have names", () => {
  assert.is(nodeModuleName(fs), "node:fs");
  assert.is(nodeModuleName(fs.readFileSync), "node:fs.readFileSync");
  assert.is(nodeModuleName(path.win32), "node:path.win32");
  assert.is(nodeModuleName(performance), "node:perf_hooks.performance");
  assert.is(nodeModuleName(process), "node:process");
  assert.is(nodeModuleName(EventEmitter), "node:events");
});

test("nothing else has the name of a module of Node, data that a module exports included", () => {
  for (const value of [{}, test, fs.constants, new EventEmitter(), Math.max]) {
    assert.is(nodeModuleName(value), undefined);
  }
});

test("a module that is loaded later is known from then on", () => {
  const { deserialize } = process.getBuiltinModule("node:v8");
  assert.is(nodeModuleName(deserialize), "node:v8.deserialize");
});

test.run();
