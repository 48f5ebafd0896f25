/**
 * The tests that every store passes, for whatever runs tests.
 *
 * @example
 * ```ts
 * import { test } from "node:test"; // or from "vitest", or from "uvu"
 * import { storeContract } from "ndmemo/testing";
 *
 * const create = () => ({ store: new MyStore("test") });
 * for (const { name, run } of storeContract({ create })) test(name, run);
 * ```
 *
 * @packageDocumentation
 */

import { AssertionError } from "node:assert";
import { listing } from "./testing/listing.ts";
import { locking } from "./testing/locking.ts";
import { memory } from "./testing/memory.ts";
import { naming } from "./testing/naming.ts";
import { reading } from "./testing/reading.ts";
import { removing } from "./testing/removing.ts";
import type { Rule, StoreUnderTest } from "./testing/rule.ts";
import { sideBySide } from "./testing/side-by-side.ts";
import { writing } from "./testing/writing.ts";

export type { StoreUnderTest } from "./testing/rule.ts";

/** How the stores to be tested are made. */
export interface StoreContractOptions {
  /**
   * Makes an empty store in a place of its own, once for each rule. Rules may be run at the same time.
   */
  create(): StoreUnderTest | Promise<StoreUnderTest>;
}

/** A test of one rule. */
export interface ContractTest {
  /** The rule, as a sentence. */
  readonly name: string;
  /**
   * Makes a store and tests the rule.
   *
   * @throws AssertionError with the rule, what was expected and what was found.
   */
  readonly run: () => Promise<void>;
}

const rules: readonly Rule[] = [
  ...reading,
  ...writing,
  ...listing,
  ...removing,
  ...naming,
  ...sideBySide,
  ...locking,
  ...memory,
];

/** The tests of all rules that stores keep. Each stands for itself. */
export function storeContract({ create }: StoreContractOptions): ContractTest[] {
  return rules.map(({ name, check }) => ({ name, run: () => runRule(name, check, create) }));
}

async function runRule(
  name: string,
  check: Rule["check"],
  create: StoreContractOptions["create"],
): Promise<void> {
  const tested = await create();
  try {
    await check(tested);
  } catch (error) {
    throw broken(name, error);
  } finally {
    await tested.dispose?.();
  }
}

function broken(name: string, error: unknown): AssertionError {
  const { message, actual, expected } = (error ?? {}) as Partial<AssertionError>;
  const text = `${name}: ${message ?? String(error)}`;
  return Object.assign(new AssertionError({ message: text, actual, expected }), { cause: error });
}
