/**
 * Whether the functions of a Memory answer at once or with promises, for the compiler.
 *
 * @module
 */

/** `"same"`: a cached function is synchronous where the original is. `"promise"`: it never is. */
export type Shape = "same" | "promise";

/** What a member of a cached function returns. */
export type Answer<T, S extends Shape> = S extends "same" ? T : Promise<T>;
