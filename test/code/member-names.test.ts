import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnyFunction } from "../../lib/code/syntax/parse.ts";
import { memberNames } from "../../lib/code/syntax/scope.ts";

const made = (text: string): AnyFunction => new Function(`return (${text})`)();

const members: readonly (readonly [text: string, names: readonly string[] | undefined])[] = [
  ["() => [o.a, o['b'], o?.c, o.a.d, new o.E(), o.f`x`]", ["a", "b", "c", "E", "f"]],
  ["() => { const g = () => o.a; { o.b() } return g }", ["a", "b"]],
  ["() => o[a]", undefined],
  ["() => o[0]", undefined],
  ["() => [o.a, o]", undefined],
  ["() => { const { a } = o }", undefined],
  ["() => { o.a = 1; return o.b }", undefined],
  ["() => 'a' in o && o.a", undefined],
  ["() => o.a + eval('1')", undefined],
  ["(o) => o.a", undefined],
  ["() => { { const o = 1; o.a } return x.o }", undefined],
];

for (const [text, names] of members) {
  test(`the members that ${text} takes of o: ${names ?? "unknown"}`, () => {
    const found = memberNames(made(text), "o");
    assert.equal(found && [...found], names);
  });
}

test.run();
