/**
 * An array of any rank as NumPy prints it: `array([[1., 2., …`, of a large one the edges.
 *
 * @module
 */

/** What is printed. */
export interface Printable {
  readonly shape: readonly number[];
  /** The texts of the elements at {@link shownIndices}, in that order. */
  readonly words: readonly string[];
  /** What follows the elements, such as `, dtype=float32`. */
  readonly suffix: string;
}

const MOST_ELEMENTS = 1000;
const NARROWEST = 40;
const WIDEST = 76;

/** How many elements at each edge of an axis are shown; `undefined` where all are. */
function edgeOf(shape: readonly number[]): number | undefined {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count <= MOST_ELEMENTS) return undefined;
  // Of many axes fewer, or there would be thousands of elements.
  return shape.length > 4 ? 1 : 3;
}

/** The indices along an axis that are shown. */
function shownAlong(extent: number, edge: number | undefined): number[] {
  if (edge === undefined || extent <= 2 * edge) return Array.from({ length: extent }, (_, i) => i);
  const first = Array.from({ length: edge }, (_, i) => i);
  return [...first, ...first.map((i) => extent - edge + i)];
}

/** The indices of the elements that are shown, the last axis running fastest. */
export function shownIndices(shape: readonly number[]): number[][] {
  const edge = edgeOf(shape);
  if (shape.includes(0)) return [];
  let indices: number[][] = [[]];
  for (const extent of shape) {
    const along = shownAlong(extent, edge);
    indices = indices.flatMap((index) => along.map((i) => [...index, i]));
  }
  return indices;
}

/** The lines of an array, at most `columns` wide where its elements are not wider. */
export function arrayLines({ shape, words, suffix }: Printable, columns: number): string[] {
  const room = Math.min(WIDEST, Math.max(NARROWEST, columns)) - 2;
  if (shape.includes(0)) return [`array([], shape=(${shape.join(", ")})${suffix})`];
  const [only] = words;
  if (shape.length === 0) return [`array(${only}${suffix})`];
  let next = 0;
  const edge = edgeOf(shape);
  const text = (axis: number, indent: string, width: number): string => {
    const extent = shape[axis] as number;
    const shown = shownAlong(extent, edge).length;
    const gapAt = shown < extent ? edge : undefined;
    const inner = `${indent} `;
    if (axis === shape.length - 1) {
      const line = words.slice(next, next + shown);
      next += shown;
      return row(line, gapAt, inner, width - 1);
    }
    const parts = Array.from({ length: shown }, () => text(axis + 1, inner, width - 1));
    if (gapAt !== undefined) parts.splice(gapAt, 0, "...");
    const between = `,${"\n".repeat(shape.length - 1 - axis)}${inner}`;
    return `[${parts.join(between)}]`;
  };
  const prefix = "array(";
  const lines = `${prefix}${text(0, " ".repeat(prefix.length), room)}`.split("\n");
  const last = lines.pop() as string;
  if (last.length + suffix.length <= room || suffix === "") return [...lines, `${last}${suffix})`];
  return [...lines, `${last},`, `${" ".repeat(prefix.length)}${suffix.slice(2)})`];
}

/** The elements along the last axis, in as many lines as they need. */
function row(
  words: readonly string[],
  gapAt: number | undefined,
  indent: string,
  width: number,
): string {
  const all = gapAt === undefined ? words : words.toSpliced(gapAt, 0, "...");
  let done = "";
  let line = indent;
  for (const [i, word] of all.entries()) {
    if (line.length + word.length > width && line.length > indent.length) {
      done += `${line.trimEnd()}\n`;
      line = indent;
    }
    line += i < all.length - 1 ? `${word}, ` : word;
  }
  return `[${(done + line).slice(indent.length)}]`;
}
