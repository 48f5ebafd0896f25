// Shuffles in plain C++: of any item size, for every processor.

#ifndef NDMEMO_SHUFFLE_PLAIN_H_
#define NDMEMO_SHUFFLE_PLAIN_H_

#include <cstddef>
#include <cstdint>

namespace ndmemo {

// `n` items of `item_size` bytes, from item `first` on; what lies before is not touched. For bits,
// `n` and `first` are multiples of 8.

// Byte j of each item to row j, which has n bytes; and back.
void SplitBytes(const uint8_t* items, uint8_t* rows, size_t n, size_t item_size, size_t first);
void JoinBytes(const uint8_t* rows, uint8_t* items, size_t n, size_t item_size, size_t first);

// Bit k of byte j of each item to row 8 * j + k, which has n / 8 bytes; and back.
void SplitBits(const uint8_t* items, uint8_t* rows, size_t n, size_t item_size, size_t first);
void JoinBits(const uint8_t* rows, uint8_t* items, size_t n, size_t item_size, size_t first);

}  // namespace ndmemo

#endif  // NDMEMO_SHUFFLE_PLAIN_H_
