// Registration of the functions that lib/native.ts declares as `Native`, and those of them that
// need the maps of their environment.

#include <napi.h>

#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "argument.h"
#include "binding.h"
#include "error.h"
#include "external.h"
#include "mapping.h"

namespace ndmemo {
namespace {

// As lib/native.ts names the ways to map.
std::optional<Access> AccessOf(Napi::Value mode) {
  if (mode.IsString()) {
    const std::string name = mode.As<Napi::String>().Utf8Value();
    if (name == "guarded") return Access::kGuarded;
    if (name == "private") return Access::kPrivate;
    if (name == "shared") return Access::kShared;
  }
  Napi::TypeError::New(mode.Env(), "Expected \"guarded\", \"private\" or \"shared\" for mode")
      .ThrowAsJavaScriptException();
  return std::nullopt;
}

class Addon : public Napi::Addon<Addon> {
 public:
  Addon(Napi::Env env, Napi::Object exports) : externals_(env) {
    DefineAddon(exports, {
                             InstanceMethod("map", &Addon::Map),
                             InstanceMethod("mapFile", &Addon::MapFile),
                             InstanceMethod("unmap", &Addon::Unmap),
                             InstanceMethod("makePrivate", &Addon::MakePrivate),
                             InstanceMethod("dirtyPages", &Addon::DirtyPages),
                             InstanceMethod("onFault", &Addon::OnFault),
                             InstanceMethod("reportFaults", &Addon::ReportFaults),
                         });
    DefineDigest(env, exports);
    DefineFileFunctions(env, exports);
    DefineLooks(env, exports);
    DefineShuffles(env, exports);
  }

 private:
  Napi::Value Map(const Napi::CallbackInfo& info) {
    const auto file = OpenFile(info[0]);
    if (!file) return {};
    const auto offset = Integer(info[1], "offset", 0, kMaxSafeInteger);
    if (!offset) return {};
    const auto length = Integer(info[2], "byteLength", 1, kMaxSafeInteger);
    if (!length) return {};
    const auto access = AccessOf(info[3]);
    if (!access) return {};
    std::string label = info[4].IsString() ? info[4].As<Napi::String>().Utf8Value() : "";
    // A private map is there to be written, which copies its pages.
    const bool counted = *access == Access::kPrivate || info[5].ToBoolean();

    auto opened = Mapping::Open(*file, static_cast<uint64_t>(*offset),
                                static_cast<uint64_t>(*length), *access, externals_.waker());
    if (const auto* failure = std::get_if<Failure>(&opened)) {
      ThrowFailure(info.Env(), *failure);
      return {};
    }
    return externals_.Wrap(info.Env(), std::get<Mapping>(std::move(opened)), counted,
                           std::move(label));
  }

  // As fast as looks: what is given is checked no further than memory needs it.
  Napi::Value MapFile(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    const Path path(info[0]);
    const auto head = BytesOf(info[1], "head");
    if (!head) return {};
    const auto length = Integer(info[2], "byteLength", 1, kMaxSafeInteger);
    if (!length) return {};
    const auto found = BytesOf(info[3], "state");
    if (!found) return {};
    FileState state;
    if (!path.is_known() || found->size != sizeof(state)) return env.Undefined();

    auto opened = Mapping::OpenAfter(path.text(), head->data, head->size,
                                     static_cast<uint64_t>(*length), externals_.waker(), state);
    if (!opened) return env.Undefined();
    std::memcpy(found->data, &state, sizeof(state));
    return externals_.Wrap(env, *std::move(opened), false, path.text());
  }

  Napi::Value Unmap(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), externals_.Unmap(info[0]));
  }

  Napi::Value MakePrivate(const Napi::CallbackInfo& info) {
    const auto file = OpenFile(info[1]);
    if (!file) return {};
    return Napi::Boolean::New(info.Env(), externals_.MakePrivate(info[0], *file));
  }

  Napi::Value DirtyPages(const Napi::CallbackInfo& info) {
    const auto pages = externals_.DirtyPages(info[0]);
    if (!pages) return info.Env().Undefined();
    return Napi::Number::New(info.Env(), static_cast<double>(*pages));
  }

  void OnFault(const Napi::CallbackInfo& info) {
    if (info[0].IsFunction()) {
      externals_.OnFault(info[0].As<Napi::Function>());
    } else {
      Napi::TypeError::New(info.Env(), "Expected a function for callback")
          .ThrowAsJavaScriptException();
    }
  }

  void ReportFaults(const Napi::CallbackInfo& info) { externals_.Report(info.Env()); }

  Externals externals_;
};

NODE_API_ADDON(Addon)

}  // namespace
}  // namespace ndmemo
