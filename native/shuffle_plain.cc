#include "shuffle_plain.h"

#include <algorithm>

namespace ndmemo {
namespace {

// Items at a time, so that the cache still holds them when their next byte is due.
constexpr size_t kTile = 512;

// As a matrix of 8 x 8 bits: bit k of byte i becomes bit i of byte k. After Warren, Hacker's
// Delight, section 7-3.
uint64_t TransposeBits(uint64_t x) {
  uint64_t t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aa;
  x ^= t ^ (t << 7);
  t = (x ^ (x >> 14)) & 0x0000cccc0000cccc;
  x ^= t ^ (t << 14);
  t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0;
  return x ^ t ^ (t << 28);
}

// 8 bytes at distances of `from_step`, transposed, to 8 bytes at distances of `to_step`.
void TransposeEight(const uint8_t* from, size_t from_step, uint8_t* to, size_t to_step) {
  uint64_t x = 0;
  for (size_t i = 0; i < 8; i++) x |= static_cast<uint64_t>(from[i * from_step]) << (8 * i);
  x = TransposeBits(x);
  for (size_t i = 0; i < 8; i++) to[i * to_step] = static_cast<uint8_t>(x >> (8 * i));
}

}  // namespace

void SplitBytes(const uint8_t* items, uint8_t* rows, size_t n, size_t item_size, size_t first) {
  for (size_t start = first; start < n; start += kTile) {
    const size_t end = std::min(n, start + kTile);
    for (size_t j = 0; j < item_size; j++) {
      for (size_t i = start; i < end; i++) rows[j * n + i] = items[i * item_size + j];
    }
  }
}

void JoinBytes(const uint8_t* rows, uint8_t* items, size_t n, size_t item_size, size_t first) {
  for (size_t start = first; start < n; start += kTile) {
    const size_t end = std::min(n, start + kTile);
    for (size_t j = 0; j < item_size; j++) {
      for (size_t i = start; i < end; i++) items[i * item_size + j] = rows[j * n + i];
    }
  }
}

void SplitBits(const uint8_t* items, uint8_t* rows, size_t n, size_t item_size, size_t first) {
  const size_t row = n / 8;
  for (size_t start = first / 8; start < row; start += kTile / 8) {
    const size_t end = std::min(row, start + kTile / 8);
    for (size_t j = 0; j < item_size; j++) {
      for (size_t i = start; i < end; i++) {
        TransposeEight(items + 8 * i * item_size + j, item_size, rows + 8 * j * row + i, row);
      }
    }
  }
}

void JoinBits(const uint8_t* rows, uint8_t* items, size_t n, size_t item_size, size_t first) {
  const size_t row = n / 8;
  for (size_t start = first / 8; start < row; start += kTile / 8) {
    const size_t end = std::min(row, start + kTile / 8);
    for (size_t j = 0; j < item_size; j++) {
      for (size_t i = start; i < end; i++) {
        TransposeEight(rows + 8 * j * row + i, row, items + 8 * i * item_size + j, item_size);
      }
    }
  }
}

}  // namespace ndmemo
