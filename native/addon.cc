// Registration and argument checks of the functions that lib/native.ts declares as `Native`.

#include <napi.h>
#include <uv.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "external.h"
#include "mapping.h"

namespace ndmemo {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;

void ThrowFailure(Napi::Env env, const Failure& failure) {
  // ENXIO is what POSIX names for a range that the file does not have.
  const int error =
      failure.system_error == 0 ? UV_ENXIO : uv_translate_sys_error(failure.system_error);
  char name[64];
  char reason[256];
  uv_err_name_r(error, name, sizeof(name));
  uv_strerror_r(error, reason, sizeof(reason));
  ThrowWithCode(Napi::Error::New(env, std::string(name) + ": " + reason + ", " + failure.message),
                name);
}

// The argument as an integer of min to max; otherwise throws and gives nothing.
std::optional<double> Integer(Napi::Value value, const char* name, double min, double max) {
  const Napi::Env env = value.Env();
  const std::string expected = std::string("Expected a safe integer >= ") + (min == 0 ? "0" : "1") +
                               " for " + name + ", got ";
  if (!value.IsNumber()) {
    Napi::TypeError::New(env, expected + "another type").ThrowAsJavaScriptException();
    return std::nullopt;
  }
  const double number = value.As<Napi::Number>().DoubleValue();
  if (number >= min && number <= max && std::trunc(number) == number) return number;
  Napi::RangeError::New(env, expected + value.ToString().Utf8Value()).ThrowAsJavaScriptException();
  return std::nullopt;
}

// How lib/native.ts names the ways to map.
struct Mode {
  Access access;
  bool report_writes;
};

std::optional<Mode> ModeOf(Napi::Value mode) {
  if (mode.IsString()) {
    const std::string name = mode.As<Napi::String>().Utf8Value();
    if (name == "guarded") return Mode{Access::kPrivate, true};
    if (name == "private") return Mode{Access::kPrivate, false};
    if (name == "shared") return Mode{Access::kShared, false};
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
                             InstanceMethod("unmap", &Addon::Unmap),
                             InstanceMethod("dirtyPages", &Addon::DirtyPages),
                             InstanceMethod("onFault", &Addon::OnFault),
                             InstanceMethod("reportFaults", &Addon::ReportFaults),
                         });
  }

 private:
  Napi::Value Map(const Napi::CallbackInfo& info) {
    const auto fd = Integer(info[0], "fd", 0, std::numeric_limits<uv_file>::max());
    if (!fd) return {};
    const auto offset = Integer(info[1], "offset", 0, kMaxSafeInteger);
    if (!offset) return {};
    const auto length = Integer(info[2], "byteLength", 1, kMaxSafeInteger);
    if (!length) return {};
    const auto mode = ModeOf(info[3]);
    if (!mode) return {};
    std::string label = info[4].IsString() ? info[4].As<Napi::String>().Utf8Value() : "";

    auto opened =
        Mapping::Open(uv_get_osfhandle(static_cast<uv_file>(*fd)), static_cast<uint64_t>(*offset),
                      static_cast<uint64_t>(*length), mode->access, externals_.waker());
    if (const auto* failure = std::get_if<Failure>(&opened)) {
      ThrowFailure(info.Env(), *failure);
      return {};
    }
    return externals_.Wrap(info.Env(), std::get<Mapping>(std::move(opened)), std::move(label),
                           mode->report_writes);
  }

  Napi::Value Unmap(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), externals_.Unmap(info[0]));
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
