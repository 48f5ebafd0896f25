// Shuffles by AVX2. Only its own functions are compiled for it: the rest of this file, and what it
// includes, must run on every x86-64.

#include "shuffle_simd.h"

#ifdef NDMEMO_X86_64

#include <immintrin.h>

namespace ndmemo {
namespace {

// Of what defines this, Clang alone wants to be told.
#if defined(_MSC_VER) && !defined(__clang__)
#define NDMEMO_TARGET
#else
#define NDMEMO_TARGET __attribute__((target("avx2")))
#endif

using Vector = __m256i;

NDMEMO_TARGET inline Vector Load(const uint8_t* from, size_t step) {
  const auto* const first = reinterpret_cast<const __m128i*>(from);
  const auto* const second = reinterpret_cast<const __m128i*>(from + step);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(first)),
                                 _mm_loadu_si128(second), 1);
}

NDMEMO_TARGET inline void Store(uint8_t* to, size_t step, Vector v) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(v));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to + step), _mm256_extracti128_si256(v, 1));
}

NDMEMO_TARGET inline Vector Low(Vector a, Vector b) { return _mm256_unpacklo_epi8(a, b); }
NDMEMO_TARGET inline Vector High(Vector a, Vector b) { return _mm256_unpackhi_epi8(a, b); }

// Exchanges the bits of `mask` with those that are kShift higher.
template <int kShift>
NDMEMO_TARGET inline Vector Exchange(Vector v, int64_t mask) {
  const Vector difference =
      _mm256_and_si256(_mm256_xor_si256(v, _mm256_srli_epi64(v, kShift)), _mm256_set1_epi64x(mask));
  return _mm256_xor_si256(_mm256_xor_si256(v, difference), _mm256_slli_epi64(difference, kShift));
}

NDMEMO_TARGET inline Vector TransposeBits(Vector v) {
  v = Exchange<7>(v, 0x00aa00aa00aa00aa);
  v = Exchange<14>(v, 0x0000cccc0000cccc);
  return Exchange<28>(v, 0x00000000f0f0f0f0);
}

#include "shuffle_kernel.h"

}  // namespace

const ShuffleSimd kShuffleAvx2 = kSimd;

}  // namespace ndmemo

#endif  // NDMEMO_X86_64
