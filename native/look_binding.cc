// Looks at files for JavaScript. They are made where every microsecond counts: so what is given is
// checked no further than memory needs it.

#include <cstring>
#include <optional>

#include "argument.h"
#include "binding.h"
#include "look.h"

namespace ndmemo {
namespace {

Napi::Value ReadBeginningOf(const Napi::CallbackInfo& info) {
  const Path path(info[0]);
  const auto destination = BytesOf(info[1], "destination");
  if (!destination) return {};
  double modified = 0;
  std::optional<Bytes> time;
  if (!info[2].IsUndefined()) {
    time = BytesOf(info[2], "modified");
    if (!time) return {};
  }
  const int64_t count = path.is_known()
                            ? ReadBeginning(path.text(), destination->data, destination->size,
                                            time ? &modified : nullptr)
                            : kUnknown;
  if (time && time->size == sizeof(modified)) std::memcpy(time->data, &modified, sizeof(modified));
  return Napi::Number::New(info.Env(), static_cast<double>(count));
}

Napi::Value HoldsBytesOf(const Napi::CallbackInfo& info) {
  const Path path(info[0]);
  const auto bytes = BytesOf(info[1], "bytes");
  if (!bytes) return {};
  const bool holds = path.is_known() && HoldsBytes(path.text(), bytes->data, bytes->size);
  return Napi::Boolean::New(info.Env(), holds);
}

Napi::Value HasStateOf(const Napi::CallbackInfo& info) {
  const Path path(info[0]);
  const auto bytes = BytesOf(info[1], "state");
  if (!bytes) return {};
  FileState state = {};
  const bool is_state = path.is_known() && bytes->size == sizeof(state);
  if (is_state) std::memcpy(&state, bytes->data, sizeof(state));
  return Napi::Boolean::New(info.Env(), is_state && HasState(path.text(), state));
}

}  // namespace

void DefineLooks(Napi::Env env, Napi::Object exports) {
  exports.Set("readBeginning", Napi::Function::New<ReadBeginningOf>(env, "readBeginning"));
  exports.Set("holdsBytes", Napi::Function::New<HoldsBytesOf>(env, "holdsBytes"));
  exports.Set("hasState", Napi::Function::New<HasStateOf>(env, "hasState"));
}

}  // namespace ndmemo
