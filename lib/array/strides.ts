/**
 * How the elements of an array of several axes lie in memory.
 *
 * @module
 */

/** The place of each element. All numbers count elements. */
export interface Layout {
  /** Elements along each axis. */
  readonly shape: readonly number[];
  /** From one index to the next, along each axis; may be negative or zero. */
  readonly strides: readonly number[];
  /** Where the first element lies. */
  readonly offset: number;
  /** The order in which elements are read: the last axis runs fastest (`C`), or the first (`F`). */
  readonly order: "C" | "F";
}

/** How many elements there are: one where there is no axis. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** The strides of elements that lie together in order. */
export function packedStrides(shape: readonly number[], order: "C" | "F"): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of order === "F" ? shape : shape.toReversed()) {
    strides.push(stride);
    stride *= extent;
  }
  return order === "F" ? strides : strides.reverse();
}

/** Whether the elements lie together in order, whatever the strides along axes of one element are. */
export function isPacked({ shape, strides, order }: Layout): boolean {
  if (shape.includes(0)) return true;
  const expected = packedStrides(shape, order);
  return shape.every((extent, axis) => extent === 1 || strides[axis] === expected[axis]);
}

/** The first and the last place that elements lie at; undefined where there are none. */
export function spanOf({ shape, strides, offset }: Layout): readonly [number, number] | undefined {
  if (shape.includes(0)) return undefined;
  let first = offset;
  let last = offset;
  for (const [axis, extent] of shape.entries()) {
    const reach = (extent - 1) * (strides[axis] ?? 0);
    if (reach < 0) first += reach;
    else last += reach;
  }
  return [first, last];
}

/** An axis on the way through the elements. */
export interface Axis {
  readonly extent: number;
  readonly stride: number;
}

/**
 * The axes from the slowest to the fastest, without those of one element, and with neighbours that run
 * on in each other joined. At least one, unless there is a single element.
 */
export function axesOf({ shape, strides, order }: Layout): Axis[] {
  const axes: Axis[] = [];
  const positions = [...shape.keys()];
  for (const position of order === "C" ? positions : positions.reverse()) {
    const extent = shape[position] ?? 1;
    const stride = strides[position] ?? 0;
    if (extent === 1) continue;
    const outer = axes.at(-1);
    if (outer?.stride === extent * stride)
      axes.push({ extent: (axes.pop()?.extent ?? 1) * extent, stride });
    else axes.push({ extent, stride });
  }
  return axes;
}

/** Calls back with the place of each element, in order. */
export function eachPlace(layout: Layout, visit: (place: number) => void): void {
  if (layout.shape.includes(0)) return;
  const axes = axesOf(layout);
  const { extent, stride } = axes.pop() ?? { extent: 1, stride: 0 };
  for (const start of starts(axes, layout.offset)) {
    for (let i = 0, place = start; i < extent; i++, place += stride) visit(place);
  }
}

/** The place of the first element of each run along the fastest axis, given the others. */
export function* starts(axes: readonly Axis[], offset: number): Generator<number> {
  const index = axes.map(() => 0);
  let place = offset;
  for (;;) {
    yield place;
    let at = axes.length - 1;
    for (; at >= 0; at--) {
      const { extent, stride } = axes[at] as Axis;
      const next = (index[at] ?? 0) + 1;
      if (next < extent) {
        index[at] = next;
        place += stride;
        break;
      }
      index[at] = 0;
      place -= stride * (extent - 1);
    }
    if (at < 0) return;
  }
}
