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

class Addon : public Napi::Addon<Addon> {
 public:
  Addon(Napi::Env, Napi::Object exports) {
    DefineAddon(exports,
                {InstanceMethod("map", &Addon::Map), InstanceMethod("unmap", &Addon::Unmap)});
  }

 private:
  Napi::Value Map(const Napi::CallbackInfo& info) {
    const auto fd = Integer(info[0], "fd", 0, std::numeric_limits<uv_file>::max());
    if (!fd) return {};
    const auto offset = Integer(info[1], "offset", 0, kMaxSafeInteger);
    if (!offset) return {};
    const auto length = Integer(info[2], "byteLength", 1, kMaxSafeInteger);
    if (!length) return {};
    const auto access = AccessOf(info[3]);
    if (!access) return {};

    auto opened =
        Mapping::Open(uv_get_osfhandle(static_cast<uv_file>(*fd)), static_cast<uint64_t>(*offset),
                      static_cast<uint64_t>(*length), *access);
    if (const auto* failure = std::get_if<Failure>(&opened)) {
      ThrowFailure(info.Env(), *failure);
      return {};
    }
    return externals_.Wrap(info.Env(), std::get<Mapping>(std::move(opened)));
  }

  Napi::Value Unmap(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), externals_.Unmap(info[0]));
  }

  static std::optional<Access> AccessOf(Napi::Value mode) {
    if (mode.IsString()) {
      const std::string name = mode.As<Napi::String>().Utf8Value();
      if (name == "private") return Access::kPrivate;
      if (name == "shared") return Access::kShared;
    }
    Napi::TypeError::New(mode.Env(), "Expected \"private\" or \"shared\" for mode")
        .ThrowAsJavaScriptException();
    return std::nullopt;
  }

  Externals externals_;
};

NODE_API_ADDON(Addon)

}  // namespace
}  // namespace ndmemo
