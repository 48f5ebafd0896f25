/**
 * What the compiler knows of cached functions. Checked by `tsc`, never run.
 *
 * @module
 */

import {
  type MemorizedFunc,
  type MemorizedResult,
  Memory,
  type NotMemorizedResult,
  type Outcome,
} from "../../lib/index.ts";

/** Fails to compile unless both types are the same. */
function same<A, B>(
  ..._proof: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]
): void {}

const memory = new Memory("./cache", { mmapMode: "r" });

const gram = memory.cache(function gram(x: Float64Array, n = 1) {
  return x.slice(0, n);
});
same<ReturnType<typeof gram>, Float64Array<ArrayBuffer>>();
same<Parameters<typeof gram>, [x: Float64Array, n?: number | undefined]>();
gram(new Float64Array(3));
gram(new Float64Array(3), 2);
// @ts-expect-error: the second argument is a number
gram(new Float64Array(3), "2");
// @ts-expect-error: there is no third argument
gram(new Float64Array(3), 2, 3);

const shelved = gram.callAndShelve(new Float64Array(3));
same<
  typeof shelved,
  | MemorizedResult<Float64Array<ArrayBuffer>, "same">
  | NotMemorizedResult<Float64Array<ArrayBuffer>, "same">
>();
same<ReturnType<typeof shelved.get>, Float64Array<ArrayBuffer>>();
same<ReturnType<typeof gram.checkCallInCache>, boolean>();
const outcome = gram.recompute(new Float64Array(3));
same<typeof outcome, Outcome<Float64Array<ArrayBuffer>>>();
gram.set([new Float64Array(3)], new Float64Array(1));
// @ts-expect-error: the value is what the function returns
gram.set([new Float64Array(3)], "text");
// @ts-expect-error: an argument is missing
gram.forget();
same<typeof gram.func, (x: Float64Array, n?: number) => Float64Array<ArrayBuffer>>();

// Overloads, generics, `this` and promises stay what they are.
function pick(x: string): string;
function pick(x: number): number;
function pick(x: string | number): string | number {
  return x;
}
const picked = memory.cache(pick);
same<typeof picked, MemorizedFunc<typeof pick>>();
const text: string = picked("a");
const count: number = picked(1);
void [text, count];

const first = memory.cache(function first<T>(items: readonly T[]): T | undefined {
  return items[0];
});
const date: Date | undefined = first([new Date()]);
void date;

const later = memory.cache(async (x: number) => [x], { name: "later" });
same<ReturnType<typeof later>, Promise<number[]>>();
const laterOutcome = later.recompute(1);
same<typeof laterOutcome, Promise<Outcome<number[]>>>();
const laterResult = later.callAndShelve(1);
same<
  typeof laterResult,
  Promise<MemorizedResult<number[], "same"> | NotMemorizedResult<number[], "same">>
>();
later.set([1], [2]);
void later.set([1], Promise.resolve([2]));

interface Scaled {
  readonly factor: number;
}
const scale = memory.cache(function scale(this: Scaled, x: number): number {
  return x * this.factor;
});
const scaled: number = scale.call({ factor: 2 }, 3);
void scaled;
// @ts-expect-error: the receiver is missing
scale(3);

class Solver {
  @memory.cache
  solve(x: number): number {
    return x;
  }
  @memory.cache({ verbose: 0 })
  async later(x: number): Promise<number> {
    return x;
  }
}
same<ReturnType<Solver["solve"]>, number>();

// Defaults keep their types; a parameter that is taken apart needs one, as no call is known here.
const stepped = memory.cache((x = 1) => x, { name: "stepped" });
// @ts-expect-error: the argument is a number
stepped("2");
// @ts-expect-error: no type is at hand for what is taken apart
memory.cache(({ a = 1 } = {}) => a, { name: "untyped" });
memory.cache(({ a = 1 }: { a?: number } = {}) => a, { name: "typed" })({ a: 2 });

// Options know the function.
memory.cache((x: number) => `${x}`, { name: "a", storeIf: (result) => result.length > 0 });
memory.cache((x: number) => x, { name: "b", key: (x) => x.toFixed(3) });
// @ts-expect-error: the key is called with the arguments
memory.cache((x: number) => x, { name: "c", key: (x: string) => x });
// @ts-expect-error: there is no such option
memory.cache((x: number) => x, { name: "d", ignored: ["x"] });
// @ts-expect-error: no such mode
new Memory("./cache", { mmapMode: "rw" });
// @ts-expect-error: a location is a string, a URL, a store or null
new Memory(5);
new Memory(null);
new Memory(new URL("cache/", import.meta.url));

same<ReturnType<typeof evaluated>, number>();
function evaluated() {
  return memory.eval((x: number) => x, 1);
}
