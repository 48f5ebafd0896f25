#include "shuffle_simd.h"

#if defined(NDMEMO_X86_64) && defined(_MSC_VER)
#include <windows.h>
#endif

namespace ndmemo {

#ifdef NDMEMO_X86_64
namespace {

bool HasAvx2() {
#ifdef _MSC_VER
  return IsProcessorFeaturePresent(PF_AVX2_INSTRUCTIONS_AVAILABLE) != 0;
#else
  return __builtin_cpu_supports("avx2") != 0;
#endif
}

}  // namespace

const ShuffleSimd* BestShuffleSimd() {
  static const ShuffleSimd* const best = HasAvx2() ? &kShuffleAvx2 : &kShuffleSse2;
  return best;
}
#else
const ShuffleSimd* BestShuffleSimd() { return nullptr; }
#endif

}  // namespace ndmemo
