/**
 * The version of ndmemo, as in `package.json` (a test compares them).
 *
 * @module
 */

/** The version that entries record. */
export const VERSION = "0.1.0";
