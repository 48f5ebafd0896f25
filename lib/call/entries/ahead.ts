/**
 * Work on the items of a list, some of them at a time, in the order of the list.
 *
 * @module
 */

/** Yields what `work` makes of each item; up to `most` items are worked on ahead. */
export async function* ahead<T, R>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const open: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Whoever takes it gets its error, also where that is later.
    result.catch(() => undefined);
    open.push(result);
    const [first] = open;
    if (open.length < most || !first) continue;
    open.shift();
    yield await first;
  }
  for (const result of open) yield await result;
}
