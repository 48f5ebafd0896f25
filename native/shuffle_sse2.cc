// Shuffles by SSE2, which every x86-64 has.

#include "shuffle_simd.h"

#ifdef NDMEMO_X86_64

#include <emmintrin.h>

namespace ndmemo {
namespace {

#define NDMEMO_TARGET

using Vector = __m128i;

inline Vector Load(const uint8_t* from, size_t) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

inline void Store(uint8_t* to, size_t, Vector v) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v);
}

inline Vector Low(Vector a, Vector b) { return _mm_unpacklo_epi8(a, b); }
inline Vector High(Vector a, Vector b) { return _mm_unpackhi_epi8(a, b); }

// Exchanges the bits of `mask` with those that are kShift higher.
template <int kShift>
inline Vector Exchange(Vector v, int64_t mask) {
  const Vector difference =
      _mm_and_si128(_mm_xor_si128(v, _mm_srli_epi64(v, kShift)), _mm_set1_epi64x(mask));
  return _mm_xor_si128(_mm_xor_si128(v, difference), _mm_slli_epi64(difference, kShift));
}

inline Vector TransposeBits(Vector v) {
  v = Exchange<7>(v, 0x00aa00aa00aa00aa);
  v = Exchange<14>(v, 0x0000cccc0000cccc);
  return Exchange<28>(v, 0x00000000f0f0f0f0);
}

#include "shuffle_kernel.h"

}  // namespace

const ShuffleSimd kShuffleSse2 = kSimd;

}  // namespace ndmemo

#endif  // NDMEMO_X86_64
