// Vector instructions for shuffle.cc: what each set of them offers, and the best one here.

#ifndef NDMEMO_SHUFFLE_SIMD_H_
#define NDMEMO_SHUFFLE_SIMD_H_

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__) || (defined(_M_X64) && !defined(_M_ARM64EC))
#define NDMEMO_X86_64 1
#endif

namespace ndmemo {

// All counts are of items, and multiples of `step`. A row is followed by the next one `stride`
// bytes later.
struct ShuffleSimd {
  size_t step;

  // Byte j of each item to row j, and back. The size of an item is 2, 4, 8 or 16.
  void (*split)(const uint8_t* items, uint8_t* rows, size_t stride, size_t count, size_t item_size);
  void (*join)(const uint8_t* rows, size_t stride, uint8_t* items, size_t count, size_t item_size);

  // Bit k of each of the 8 bytes of an item to row k, and back.
  void (*split_bits)(const uint8_t* items, uint8_t* rows, size_t stride, size_t count);
  void (*join_bits)(const uint8_t* rows, size_t stride, uint8_t* items, size_t count);
};

#ifdef NDMEMO_X86_64
extern const ShuffleSimd kShuffleSse2;
extern const ShuffleSimd kShuffleAvx2;
#endif

// Null where there is none.
const ShuffleSimd* BestShuffleSimd();

}  // namespace ndmemo

#endif  // NDMEMO_SHUFFLE_SIMD_H_
