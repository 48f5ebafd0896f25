/**
 * A rule that stores keep, and how it is found broken.
 *
 * @module
 */

import { AssertionError } from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";
import type { StoreBackend } from "../store/backend.ts";
import type { EntryKey } from "../store/layout.ts";

/** A store that is tested, empty at first, with what a test needs besides. */
export interface StoreUnderTest {
  /** The store. */
  readonly store: StoreBackend;
  /**
   * Another instance on the same place, as another process would make it. Without it nothing is
   * tested about what instances see of each other.
   */
  readonly reopen?: (() => StoreBackend | Promise<StoreBackend>) | undefined;
  /**
   * Makes the last use of an entry older, by as many milliseconds. Without it nothing is tested about
   * what renews it, since stores may record one use a minute.
   */
  readonly age?: ((key: EntryKey, milliseconds: number) => void | Promise<void>) | undefined;
  /** Called when the test is over, also where it failed. */
  readonly dispose?: (() => void | Promise<void>) | undefined;
}

/** What stores have to keep, by name; `check` throws where one does not. */
export interface Rule {
  readonly name: string;
  readonly check: (tested: StoreUnderTest) => Promise<void>;
}

/** Fails unless both are deeply and strictly equal. */
export function expect(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  throw failure(what, short(found), short(expected), { actual: found, expected });
}

/** Fails unless these are the bytes, and says where they differ. */
export function expectBytes(what: string, found: unknown, expected: Uint8Array): void {
  if (!(found instanceof Uint8Array)) {
    throw failure(what, short(found), `a Uint8Array of ${expected.byteLength} bytes`);
  }
  if (found.byteLength !== expected.byteLength) {
    throw failure(what, `${found.byteLength} bytes`, `${expected.byteLength} bytes`);
  }
  if (Buffer.compare(found, expected) === 0) return;
  const at = found.findIndex((byte, index) => byte !== expected[index]);
  throw failure(`byte ${at} of ${what}`, String(found[at]), String(expected[at]));
}

/** Fails unless the promise rejects with such an error. */
export async function expectRejection(
  what: string,
  promise: Promise<unknown>,
  expected: string,
  isExpected: (error: unknown) => boolean,
): Promise<void> {
  let outcome: string;
  try {
    outcome = `a promise of ${short(await promise)}`;
  } catch (error) {
    if (isExpected(error)) return;
    outcome = `a rejection with ${short(error)}`;
  }
  throw failure(what, outcome, expected);
}

/** Fails unless there is no such file. */
export async function expectNoFile(
  store: StoreBackend,
  key: EntryKey,
  file: string,
): Promise<void> {
  const read = store.read(key, file, 0, new Uint8Array());
  const expected = 'a rejection with an error that has the code "ENOENT"';
  await expectRejection(`read of the missing file ${file}`, read, expected, isAbsent);
}

/** Whether an error says that there is no such file. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function failure(
  what: string,
  found: string,
  wanted: string,
  values: { readonly actual?: unknown; readonly expected?: unknown } = {},
): AssertionError {
  return new AssertionError({ message: `${what}: expected ${wanted}, found ${found}`, ...values });
}

function short(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const text = inspect(value, { depth: 3, breakLength: Number.POSITIVE_INFINITY });
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
