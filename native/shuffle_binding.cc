// Shuffles for JavaScript.

#include <algorithm>
#include <functional>
#include <limits>
#include <string>

#include "argument.h"
#include "binding.h"
#include "shuffle.h"

namespace ndmemo {
namespace {

constexpr double kMaxItemSize =
    std::min(kMaxSafeInteger, static_cast<double>(std::numeric_limits<size_t>::max()));

bool Overlap(const Bytes& a, const Bytes& b) {
  const std::less<const uint8_t*> before;
  return before(a.data, b.data + b.size) && before(b.data, a.data + a.size);
}

template <ShuffleFunction* function>
void Run(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto item_size = Integer(info[2], "itemSize", 1, kMaxItemSize);
  if (!item_size) return;
  const auto source = BytesOf(info[0], "source");
  if (!source) return;
  const auto destination = BytesOf(info[1], "destination");
  if (!destination) return;
  const bool simd = !info[3].IsBoolean() || info[3].As<Napi::Boolean>().Value();

  if (destination->size != source->size) {
    Napi::RangeError::New(env, "Expected a destination of " + std::to_string(source->size) +
                                   " bytes, got " + std::to_string(destination->size))
        .ThrowAsJavaScriptException();
  } else if (Overlap(*source, *destination)) {
    Napi::RangeError::New(env, "Expected a destination that shares no bytes with source")
        .ThrowAsJavaScriptException();
  } else {
    function(source->data, destination->data, source->size, static_cast<size_t>(*item_size), simd);
  }
}

}  // namespace

void DefineShuffles(Napi::Env env, Napi::Object exports) {
  exports.Set("shuffle", Napi::Function::New<Run<Shuffle>>(env, "shuffle"));
  exports.Set("unshuffle", Napi::Function::New<Run<Unshuffle>>(env, "unshuffle"));
  exports.Set("bitshuffle", Napi::Function::New<Run<BitShuffle>>(env, "bitshuffle"));
  exports.Set("bitunshuffle", Napi::Function::New<Run<BitUnshuffle>>(env, "bitunshuffle"));
}

}  // namespace ndmemo
