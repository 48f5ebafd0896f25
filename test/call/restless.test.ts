import { test } from "uvu";
import * as assert from "uvu/assert";
import { Memory } from "../../lib/index.ts";
import { withTmp } from "../helpers/tmp.ts";
import { withWarnings } from "../helpers/warnings.ts";

const quiet = { verbose: 0 } as const;

/** The warnings of 40 calls, whose arguments are made from the number of the call. */
async function warningsOf(
  func: (...args: never[]) => unknown,
  args: (call: number) => unknown[],
): Promise<string[]> {
  return withTmp(async (directory) => {
    const cached = new Memory(directory, quiet).cache(func, { name: "f", module: "m" });
    const { warnings } = await withWarnings(() => {
      for (let call = 0; call < 40; call++) cached(...(args(call) as never[]));
    });
    return warnings.map(({ message }) => message);
  });
}

const start = 1_790_000_000_000;

test("an argument that is another time at every call is named, once", async () => {
  const cases: readonly [(call: number) => [number, unknown]][] = [
    [(call) => [3, new Date(start + call)]],
    [(call) => [3, start + call]],
    [(call) => [3, BigInt(start + call)]],
    [(call) => [3, `run-2026-11-21-${call}`]],
    [(call) => [3, Math.sqrt(call + 2)]],
  ];
  for (const [args] of cases) {
    const said = await warningsOf((n: number, stamp: unknown) => [n, stamp], args);
    assert.is(said.length, 1, said.join("\n"));
    assert.match(said[0] as string, /stamp is another one each time.+ignore: \["stamp"\]/);
  }
});

test("a property of an options object is named by its path", async () => {
  const said = await warningsOf(
    (n: number, options: { tol: number; startedAt: number }) => n * options.tol,
    (call) => [3, { tol: 0.1, startedAt: start + call }],
  );
  assert.is(said.length, 1);
  assert.match(said[0] as string, /ignore: \["options\.startedAt"\]/);
});

test("a parameter that is swept, data that arrive, and arguments that change together are no mistake", async () => {
  const add = (...args: readonly unknown[]): number => args.length;
  assert.equal(await warningsOf(add, (call) => [3, call]), []);
  assert.equal(await warningsOf(add, (call) => [3, call / 10]), []);
  assert.equal(await warningsOf(add, (call) => [3, `file-${call}`]), []);
  assert.equal(await warningsOf(add, (call) => [3, new Float64Array(8).fill(call)]), []);
  assert.equal(await warningsOf(add, (call) => [call, new Date(start + call)]), []);
});

test("a function that ever hits is not warned about", async () => {
  const said = await warningsOf(
    (stamp: number) => stamp,
    (call) => [call < 2 ? start : start + call],
  );
  assert.equal(said, []);
});

test.run();
