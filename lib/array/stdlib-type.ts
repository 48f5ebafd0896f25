/**
 * What TypeScript knows of an ndarray of stdlib, where stdlib itself may not be installed.
 *
 * @module
 */

/** An array of `@stdlib/ndarray`, with the members that stdlib's own type has. */
export interface StdlibNdarray<
  Data extends ArrayLike<unknown> = ArrayLike<unknown>,
  Item = unknown,
  Name extends string = string,
  Size extends number | null = number | null,
> {
  /** Bytes of the elements. */
  readonly byteLength: Size extends number ? number : number | null;
  /** Bytes of an element. */
  readonly BYTES_PER_ELEMENT: Size;
  /** What the elements lie in. */
  readonly data: Data;
  /** The name of the element type, such as `float64`. */
  readonly dtype: Name;
  /** Whether the elements lie together in order, and whether `set` throws. */
  readonly flags: {
    /** In row-major order. */
    readonly ROW_MAJOR_CONTIGUOUS: boolean;
    /** In column-major order. */
    readonly COLUMN_MAJOR_CONTIGUOUS: boolean;
    /** Whether `set` throws. */
    readonly READONLY?: boolean;
  };
  /** How many elements there are. */
  readonly length: number;
  /** How many axes there are. */
  readonly ndims: number;
  /** Where the first element lies. */
  readonly offset: number;
  /** Which axis runs fastest: the last in row-major order, the first in column-major order. */
  readonly order: "row-major" | "column-major";
  /** Elements along each axis. */
  readonly shape: number[];
  /** Elements from one index to the next, along each axis. */
  readonly strides: number[];
  /** The element at some indices, one for each axis. */
  get(...indices: number[]): Item;
  /** Sets the element at some indices, which come before it. */
  // biome-ignore lint/suspicious/noExplicitAny: as in stdlib's own type, which takes indices and a value
  set(...args: any[]): this;
}
