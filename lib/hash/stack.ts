/**
 * The end of the stack.
 *
 * V8 gives its error no code; the text is all there is, and has never changed.
 *
 * @module
 */

/** Whether an error says that the stack is used up. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === "Maximum call stack size exceeded";
}
