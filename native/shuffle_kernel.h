// The one algorithm of all vector shuffles. Included by the file of each instruction set, in its
// unnamed namespace, after it has defined
//
//   NDMEMO_TARGET               what lets a function use the instructions
//   Vector                      one or more lanes of 16 bytes
//   Load(p, step), Store(p, step, v)   lane i is at p + i * step
//   Low(a, b), High(a, b)       in each lane, the lower or upper 8 bytes of a and b, alternating
//   TransposeBits(v)            each 8 bytes as a matrix of 8 x 8 bits, transposed
//
// Why it works: let S vectors lie one after the other, and look at the bits of a byte's address.
// Interleave() alternates the bytes of the first half with those of the second, which rotates these
// bits to the left by one. In 16 items of S = 2^k bytes, the 4 bits of the item come first, then
// the k bits of the byte. After 4 rounds the bits of the byte come first: the items have become
// rows. From rows, k rounds lead back. Each lane does this on its own.

constexpr size_t kLane = 16;
constexpr size_t kStep = sizeof(Vector);

template <size_t S>
NDMEMO_TARGET inline void Interleave(Vector (&v)[S]) {
  Vector w[S];
  for (size_t i = 0; i < S / 2; i++) {
    w[2 * i] = Low(v[i], v[i + S / 2]);
    w[2 * i + 1] = High(v[i], v[i + S / 2]);
  }
  for (size_t i = 0; i < S; i++) v[i] = w[i];
}

template <size_t S, bool kBits>
NDMEMO_TARGET void Split(const uint8_t* items, uint8_t* rows, size_t stride, size_t count) {
  for (size_t i = 0; i < count; i += kStep) {
    Vector v[S];
    for (size_t j = 0; j < S; j++) {
      v[j] = Load(items + i * S + j * kLane, S * kLane);
      if (kBits) v[j] = TransposeBits(v[j]);
    }
    for (int round = 0; round < 4; round++) Interleave(v);
    for (size_t j = 0; j < S; j++) Store(rows + j * stride + i, kLane, v[j]);
  }
}

template <size_t S, bool kBits>
NDMEMO_TARGET void Join(const uint8_t* rows, size_t stride, uint8_t* items, size_t count) {
  for (size_t i = 0; i < count; i += kStep) {
    Vector v[S];
    for (size_t j = 0; j < S; j++) v[j] = Load(rows + j * stride + i, kLane);
    for (size_t size = S; size > 1; size /= 2) Interleave(v);
    for (size_t j = 0; j < S; j++) {
      if (kBits) v[j] = TransposeBits(v[j]);
      Store(items + i * S + j * kLane, S * kLane, v[j]);
    }
  }
}

void SplitBytes(const uint8_t* items, uint8_t* rows, size_t stride, size_t count,
                size_t item_size) {
  if (item_size == 2) Split<2, false>(items, rows, stride, count);
  if (item_size == 4) Split<4, false>(items, rows, stride, count);
  if (item_size == 8) Split<8, false>(items, rows, stride, count);
  if (item_size == 16) Split<16, false>(items, rows, stride, count);
}

void JoinBytes(const uint8_t* rows, size_t stride, uint8_t* items, size_t count, size_t item_size) {
  if (item_size == 2) Join<2, false>(rows, stride, items, count);
  if (item_size == 4) Join<4, false>(rows, stride, items, count);
  if (item_size == 8) Join<8, false>(rows, stride, items, count);
  if (item_size == 16) Join<16, false>(rows, stride, items, count);
}

constexpr ShuffleSimd kSimd = {kStep, SplitBytes, JoinBytes, Split<8, true>, Join<8, true>};
