import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtInClass } from "../../lib/array/built-in.ts";

test("direct instances of built-in classes are known by name, in every realm", () => {
  const source = '[{}, [], /a/, new Map(), new Date(0), new TypeError("t"), new Float32Array(1)]';
  const names = ["Object", "Array", "RegExp", "Map", "Date", "TypeError", "Float32Array"];
  const there = runInNewContext(source) as object[];
  const here = [{}, [], /a/, new Map(), new Date(0), new TypeError("t"), new Float32Array(1)];
  assert.equal(here.map(builtInClass), names);
  assert.equal(Array.from(there, builtInClass), names);
  assert.is(builtInClass(Buffer.alloc(1)), "Buffer");
});

test("instances of other classes are not known as built-in, whatever they pretend to be", () => {
  const Pretender = { Map: class {} }.Map;
  Pretender.toString = () => "function Map() { [native code] }";
  const bound = (() => {}).bind(null);
  const proxied = new Proxy(Map, {});
  const traps = { getOwnPropertyDescriptor: (): never => assert.unreachable() as never };
  const others = [
    ...[new Pretender(), new (class extends Map {})(), Object.create(new Map())],
    ...[Object.create({ constructor: Map }), Object.create({ constructor: bound })],
    ...[Object.create({ constructor: proxied }), Object.create(new Proxy(Map.prototype, traps))],
    ...[Object.create(null), Object.prototype, Object.create(Object.create(Map.prototype))],
  ];
  for (const [i, other] of others.entries()) {
    assert.is(builtInClass(other), undefined, `number ${i}`);
  }
});

test("no getter of a prototype is run", () => {
  const prototype = {
    get constructor() {
      return assert.unreachable();
    },
  };
  assert.is(builtInClass(Object.create(prototype)), undefined);
});

test.run();
