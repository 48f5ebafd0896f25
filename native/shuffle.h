// Transposed bytes and bits of numeric arrays, which compress better. Knows nothing of Node.
//
// n elements of s bytes are a matrix of n rows; a byte shuffle is its transpose: first byte 0 of
// every element, then byte 1 of every element, and so on. It is the filter of HDF5 and of Blosc.
//
// A bit shuffle does the same with bits. For m elements, m being n rounded down to a multiple of 8,
// it gives 8 * s rows of m / 8 bytes. Row 8 * j + k holds bit k of byte j of every element, in
// order, 8 to a byte, the first one in the lowest bit. This is bshuf_trans_bit_elem of the library
// bitshuffle, whose own block is all of the array here.
//
// What is left (elements beyond m, and bytes beyond the last whole element) is copied to the end.

#ifndef NDMEMO_SHUFFLE_H_
#define NDMEMO_SHUFFLE_H_

#include <cstddef>
#include <cstdint>

namespace ndmemo {

// `length` is in bytes, `item_size` > 0 in bytes of one element. The two ranges must not overlap.
// Without `simd` the result is the same, and slower.
using ShuffleFunction = void(const uint8_t* source, uint8_t* destination, size_t length,
                             size_t item_size, bool simd);

ShuffleFunction Shuffle;
ShuffleFunction Unshuffle;
ShuffleFunction BitShuffle;
ShuffleFunction BitUnshuffle;

}  // namespace ndmemo

#endif  // NDMEMO_SHUFFLE_H_
