/**
 * The byte and bit shuffles in plain TypeScript, so that an entry that the addon wrote can be read
 * where there is no addon. What they do is told in `native.ts`; the bytes are the same.
 *
 * @module
 */

/** Moves byte `j` of element `i` of `n` to `j * n + i`; what is no whole element stays. */
export function shuffle(source: Uint8Array, destination: Uint8Array, itemSize: number): void {
  const n = Math.floor(source.byteLength / itemSize);
  for (let j = 0; j < itemSize; j++) {
    const row = j * n;
    for (let i = 0, from = j; i < n; i++, from += itemSize) {
      destination[row + i] = source[from] as number;
    }
  }
  destination.set(source.subarray(n * itemSize), n * itemSize);
}

/** Undoes {@link shuffle}. */
export function unshuffle(source: Uint8Array, destination: Uint8Array, itemSize: number): void {
  const n = Math.floor(source.byteLength / itemSize);
  for (let j = 0; j < itemSize; j++) {
    const row = j * n;
    for (let i = 0, to = j; i < n; i++, to += itemSize) {
      destination[to] = source[row + i] as number;
    }
  }
  destination.set(source.subarray(n * itemSize), n * itemSize);
}

/** Moves bit `k` of byte `j` of element `i` to bit `i % 8` of a row of its own, of `m / 8` bytes. */
export function bitshuffle(source: Uint8Array, destination: Uint8Array, itemSize: number): void {
  const row = Math.floor(source.byteLength / itemSize / 8);
  for (let j = 0; j < itemSize; j++) {
    for (let i = 0; i < row; i++) {
      const from = 8 * i * itemSize + j;
      let at = 8 * j * row + i;
      for (let k = 0; k < 8; k++, at += row) {
        let bits = 0;
        for (let e = 0; e < 8; e++) {
          bits |= (((source[from + e * itemSize] as number) >> k) & 1) << e;
        }
        destination[at] = bits;
      }
    }
  }
  destination.set(source.subarray(8 * row * itemSize), 8 * row * itemSize);
}

/** Undoes {@link bitshuffle}. */
export function bitunshuffle(source: Uint8Array, destination: Uint8Array, itemSize: number): void {
  const row = Math.floor(source.byteLength / itemSize / 8);
  for (let j = 0; j < itemSize; j++) {
    for (let i = 0; i < row; i++) {
      const to = 8 * i * itemSize + j;
      const at = 8 * j * row + i;
      for (let e = 0; e < 8; e++) {
        let byte = 0;
        for (let k = 0; k < 8; k++) byte |= (((source[at + k * row] as number) >> e) & 1) << k;
        destination[to + e * itemSize] = byte;
      }
    }
  }
  destination.set(source.subarray(8 * row * itemSize), 8 * row * itemSize);
}
