// What a shuffle does by vectors and what it does in plain C++.

#include "shuffle.h"

#include <algorithm>
#include <cstring>

#include "shuffle_plain.h"
#include "shuffle_simd.h"

namespace ndmemo {
namespace {

// Items whose bits are transposed at a time: each gives 64 bytes, a line of the cache, to a row.
constexpr size_t kTile = 512;
constexpr size_t kLargestSimdItem = 16;

// Null where plain C++ has to do it.
const ShuffleSimd* SimdFor(size_t item_size, bool simd) {
  const bool is_power_of_2 = (item_size & (item_size - 1)) == 0;
  return simd && is_power_of_2 && item_size <= kLargestSimdItem ? BestShuffleSimd() : nullptr;
}

// The next elements of `left` that vectors of bits can do at once; 0 when they are too few.
size_t TileOf(const ShuffleSimd& simd, size_t left) {
  const size_t step = 8 * simd.step;
  return std::min(kTile, left / step * step);
}

// How many elements it has done. First the bytes of a tile become rows, then the bits of each row.
size_t SplitBitsSimd(const ShuffleSimd& simd, const uint8_t* items, uint8_t* rows, size_t n,
                     size_t item_size) {
  uint8_t bytes[kTile * kLargestSimdItem];
  const size_t row = n / 8;
  size_t done = 0;
  while (const size_t count = TileOf(simd, n - done)) {
    const uint8_t* from = items + done * item_size;
    if (item_size > 1) {
      simd.split(from, bytes, count, count, item_size);
      from = bytes;
    }
    for (size_t j = 0; j < item_size; j++) {
      simd.split_bits(from + j * count, rows + 8 * j * row + done / 8, row, count / 8);
    }
    done += count;
  }
  return done;
}

size_t JoinBitsSimd(const ShuffleSimd& simd, const uint8_t* rows, uint8_t* items, size_t n,
                    size_t item_size) {
  uint8_t bytes[kTile * kLargestSimdItem];
  const size_t row = n / 8;
  size_t done = 0;
  while (const size_t count = TileOf(simd, n - done)) {
    uint8_t* const to = items + done * item_size;
    uint8_t* const joined = item_size > 1 ? bytes : to;
    for (size_t j = 0; j < item_size; j++) {
      simd.join_bits(rows + 8 * j * row + done / 8, row, joined + j * count, count / 8);
    }
    if (item_size > 1) simd.join(bytes, count, to, count, item_size);
    done += count;
  }
  return done;
}

// Everything from byte `begin` on.
void CopyRest(const uint8_t* source, uint8_t* destination, size_t length, size_t begin) {
  if (begin < length) std::memcpy(destination + begin, source + begin, length - begin);
}

// The items that are shuffled: bytes are not where an item is a byte, bits are by the eight.
size_t ItemsOfBytes(size_t length, size_t item_size) {
  return item_size == 1 ? 0 : length / item_size;
}
size_t ItemsOfBits(size_t length, size_t item_size) { return length / item_size / 8 * 8; }

}  // namespace

void Shuffle(const uint8_t* source, uint8_t* destination, size_t length, size_t item_size,
             bool simd) {
  const size_t n = ItemsOfBytes(length, item_size);
  size_t done = 0;
  if (const ShuffleSimd* const best = SimdFor(item_size, simd)) {
    done = n / best->step * best->step;
    best->split(source, destination, n, done, item_size);
  }
  SplitBytes(source, destination, n, item_size, done);
  CopyRest(source, destination, length, n * item_size);
}

void Unshuffle(const uint8_t* source, uint8_t* destination, size_t length, size_t item_size,
               bool simd) {
  const size_t n = ItemsOfBytes(length, item_size);
  size_t done = 0;
  if (const ShuffleSimd* const best = SimdFor(item_size, simd)) {
    done = n / best->step * best->step;
    best->join(source, n, destination, done, item_size);
  }
  JoinBytes(source, destination, n, item_size, done);
  CopyRest(source, destination, length, n * item_size);
}

void BitShuffle(const uint8_t* source, uint8_t* destination, size_t length, size_t item_size,
                bool simd) {
  const size_t n = ItemsOfBits(length, item_size);
  const ShuffleSimd* const best = SimdFor(item_size, simd);
  const size_t done = best == nullptr ? 0 : SplitBitsSimd(*best, source, destination, n, item_size);
  SplitBits(source, destination, n, item_size, done);
  CopyRest(source, destination, length, n * item_size);
}

void BitUnshuffle(const uint8_t* source, uint8_t* destination, size_t length, size_t item_size,
                  bool simd) {
  const size_t n = ItemsOfBits(length, item_size);
  const ShuffleSimd* const best = SimdFor(item_size, simd);
  const size_t done = best == nullptr ? 0 : JoinBitsSimd(*best, source, destination, n, item_size);
  JoinBits(source, destination, n, item_size, done);
  CopyRest(source, destination, length, n * item_size);
}

}  // namespace ndmemo
