import { isDeepStrictEqual } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ANALYSIS, type Answers, withKept } from "../../lib/code/syntax/analysis.ts";
import { decodeLiteral, encodeLiteral } from "../../lib/code/syntax/encoded.ts";
import { Witness } from "../../lib/code/syntax/memo.ts";
import { type AnyFunction, parserVersion } from "../../lib/code/syntax/parse.ts";
import { usesThis, writtenVariables } from "../../lib/code/syntax/scope.ts";
import { codeOf } from "../../lib/hash/code/code.ts";
import { KeptAnalyses } from "../../lib/hash/code/kept-analyses.ts";
import { digestBytes } from "../../lib/hash/xxh3.ts";
import { allOf, asked, forget, goldenSources, made } from "./golden-sources.ts";

/** The digest of all answers about the golden sources. Another one takes another number. */
const GOLDEN = [1, "8adbf9e6b7e5d8ee21d923177c198c7e"] as const;

test("the analysis has another number when it answers otherwise", () => {
  const answers = goldenSources.map((text) => JSON.stringify(asked(text).encoded));
  const hint = "raise ANALYSIS in analysis.ts and write the new digest here";
  assert.equal([ANALYSIS, digestBytes(Buffer.from(answers.join("\n")))], GOLDEN, hint);
});

test("answers that were kept are those that the source gives", () => {
  for (const text of goldenSources) {
    const { all, encoded } = asked(text);
    assert.ok(Object.keys(encoded).length >= 4, text);
    forget();
    let finds = 0;
    const find = (): Answers => {
      finds++;
      return JSON.parse(JSON.stringify(encoded)) as Answers;
    };
    const kept = { witness: new Witness(), use: () => {}, find };
    assert.equal(
      withKept(kept, () => allOf(made(text))),
      all,
      text,
    );
    assert.ok(finds >= 4, text);
  }
});

test("answers of another shape are not used", () => {
  for (const text of goldenSources) {
    const { all, encoded } = asked(text);
    for (const wrong of [0, "", [[]], { methods: [0], written: [1], parameters: [[0]] }, true]) {
      forget();
      const find = (): Answers => {
        const of = Object.keys(encoded).filter((name) => name !== "statics" && name !== "private");
        return Object.fromEntries(of.map((name) => [name, wrong]));
      };
      assert.equal(
        withKept({ witness: new Witness(), use: () => {}, find }, () => allOf(made(text))),
        all,
        text,
      );
    }
  }
});

const ask = (kept: KeptAnalyses, text: string) =>
  withKept(kept, () => writtenVariables(made(text)));

/** A file that says of a text that it refers to `kept`. */
function fileAbout(text: string, version = "1"): Buffer {
  const kept = new KeptAnalyses(version, () => undefined);
  ask(kept, text);
  const real = kept.update() as Buffer;
  const [body = ""] = real.toString().split(',"checksum":"');
  const told = body.replace('"written":["real"]', '"written":["kept"]');
  return Buffer.from(`${told},"checksum":"${digestBytes(Buffer.from(told))}"}`);
}

test("a file that another one wrote is used for the text that it is about, and no other", () => {
  const text = "() => [real, 1]";
  const file = fileAbout(text);
  forget();
  assert.equal(ask(new KeptAnalyses("1", () => file), text), ["kept"]);
  forget();
  assert.equal(ask(new KeptAnalyses("1", () => file), "() => [real, 2]"), ["real"]);
});

test("what a file says counts for its own cache alone, and what follows from it too", () => {
  const text = "() => [real, 7]";
  const file = fileAbout(text);
  forget();
  const fn = (value: number): AnyFunction => new Function("real", `return ${text}`)(value);
  const [one, two] = [fn(1), fn(2)];
  const idOf = (func: AnyFunction): string => codeOf(func, "deep").codeId;
  const others = new KeptAnalyses("1", () => undefined);
  const told = withKept(new KeptAnalyses("1", () => file), () => [idOf(one), idOf(two)]);
  // It leaves out what makes the difference.
  assert.is(told[0], told[1]);
  assert.is.not(idOf(one), idOf(two));
  withKept(others, () => assert.equal([writtenVariables(one), idOf(two)], [["real"], idOf(two)]));
  const kept = new KeptAnalyses("1", () => others.update());
  forget();
  assert.equal(ask(kept, text), ["real"]);
});

test("a file of another version, of the package or of the parser, is not used", () => {
  const text = "() => [real, 3]";
  const file = fileAbout(text);
  forget();
  assert.equal(ask(new KeptAnalyses("2", () => file), text), ["real"]);
  const parts = [`acorn ${parserVersion()}`, `analysis ${ANALYSIS},`, '"format":1'];
  for (const part of parts) {
    const body = file.toString().split(',"checksum":"')[0]?.replace(part, part.replace(/\d/, "99"));
    assert.is.not(body, undefined);
    const other = Buffer.from(`${body},"checksum":"${digestBytes(Buffer.from(`${body}`))}"}`);
    assert.is.not(other.toString(), file.toString());
    forget();
    assert.equal(ask(new KeptAnalyses("1", () => other), text), ["real"], part);
  }
});

test("a file with any byte changed, or cut anywhere, is not used", () => {
  const text = "() => [real, 4]";
  const file = fileAbout(text);
  for (let i = 0; i < file.length; i++) {
    const changed = Buffer.from(file);
    changed[i] = (changed[i] as number) ^ 1;
    const cut = file.subarray(0, i);
    for (const damaged of [changed, cut]) {
      const kept = new KeptAnalyses("1", () => damaged);
      withKept(kept, () => usesThis(made(text)));
      // All that it knows is new to it.
      assert.ok(kept.update(), `byte ${i}`);
    }
  }
});

test("a file is written anew only for what it lacks, and keeps what it has", () => {
  const kept = new KeptAnalyses("1", () => undefined);
  ask(kept, "() => [real, 5]");
  const first = kept.update() as Buffer;
  const second = new KeptAnalyses("1", () => first);
  ask(second, "() => [real, 5]");
  assert.is(second.update(), undefined);
  ask(second, "() => [real, 6]");
  const both = second.update() as Buffer;
  const third = new KeptAnalyses("1", () => both);
  ask(third, "() => [real, 5]");
  ask(third, "() => [real, 6]");
  assert.is(third.update(), undefined);
});

test("what cannot be parsed is not kept", () => {
  const kept = new KeptAnalyses("1", () => undefined);
  assert.is(ask(kept, "(f) => { f() = 1 }"), undefined);
  assert.is(kept.update(), undefined);
});

test("a file does not grow with every version of the code", () => {
  let file: Buffer | undefined;
  for (let i = 0; i < 40; i++) {
    const kept = new KeptAnalyses("1", () => file);
    const names = Array.from({ length: 1000 }, (_, k) => `name${i}_${k}`);
    ask(kept, `() => [${names.join(",")}]`);
    file = kept.update();
    assert.ok(file && file.length < 2 ** 18);
  }
});

test("literals come back as they were", () => {
  const sparse: unknown[] = [1];
  sparse[2] = [2n];
  const odd = Object.defineProperty({ a: -0 }, "__proto__", { value: 1, enumerable: true });
  const numbers = [0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 12n];
  for (const value of [...numbers, "\ud800", null, undefined, true, sparse, odd, {}]) {
    const encoded: unknown = JSON.parse(JSON.stringify(encodeLiteral(value)));
    const decoded = decodeLiteral(encoded);
    assert.ok(decoded && isDeepStrictEqual(decoded.value, value));
  }
  const wrong = [{}, [], ["bigint", "x"], ["array", -1, []], ["object", [[1]]], ["number", "3"]];
  for (const value of wrong) assert.is(decodeLiteral(value), undefined);
});

test.run();
