/**
 * What a user of the command did wrong: told without a stack, exit code 2.
 *
 * @module
 */

/** An argument that the command cannot work with; the message says what to do. */
export class UsageError extends Error {}

/** Runs the check of an argument: what it throws is a mistake of who gave it. */
export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}
