#include "argument.h"

#include <uv.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace ndmemo {
namespace {

// A number that `accepts` takes. For errors: what is expected, and what the argument is called.
template <typename Accepts>
std::optional<double> Number(Napi::Value value, const char* expected, const char* name,
                             Accepts accepts) {
  double number;
  const bool is_number = napi_get_value_double(value.Env(), value, &number) == napi_ok;
  if (is_number && accepts(number)) return number;

  const std::string text = std::string("Expected ") + expected + " for " + name + ", got ";
  if (is_number) {
    Napi::RangeError::New(value.Env(), text + value.ToString().Utf8Value())
        .ThrowAsJavaScriptException();
  } else {
    Napi::TypeError::New(value.Env(), text + "another type").ThrowAsJavaScriptException();
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> Integer(Napi::Value value, const char* name, double min, double max) {
  const char* const expected = min == 0 ? "a safe integer >= 0" : "a safe integer >= 1";
  return Number(value, expected, name, [min, max](double number) {
    return number >= min && number <= max && std::trunc(number) == number;
  });
}

std::optional<File> OpenFile(Napi::Value fd) {
  const auto descriptor = Integer(fd, "fd", 0, std::numeric_limits<uv_file>::max());
  if (!descriptor) return std::nullopt;
  return uv_get_osfhandle(static_cast<uv_file>(*descriptor));
}

std::optional<double> Duration(Napi::Value value, const char* name) {
  return Number(value, "a finite number >= 0", name,
                [](double number) { return number >= 0 && std::isfinite(number); });
}

std::optional<Bytes> BytesOf(Napi::Value view, const char* name) {
  const Napi::Env env = view.Env();
  // Of all views, whatever its name says. napi_get_typedarray_info counts elements, and does not
  // know the size of those that are newer than itself.
  void* data = nullptr;
  size_t size = 0;
  const bool is_view = view.IsTypedArray() || view.IsDataView();
  if (is_view && napi_get_buffer_info(env, view, &data, &size) == napi_ok) {
    return Bytes{static_cast<uint8_t*>(data), size};
  }
  Napi::TypeError::New(env, std::string("Expected a typed array or DataView for ") + name)
      .ThrowAsJavaScriptException();
  return std::nullopt;
}

Path::Path(Napi::Value value) {
  size_t length = 0;
  const napi_status status =
      napi_get_value_string_utf8(value.Env(), value, text_, kLongest, &length);
  // A string that fills all of it may have been cut; a zero in it would cut it for the system.
  is_known_ = status == napi_ok && length + 4 < kLongest && std::strlen(text_) == length;
}

}  // namespace ndmemo
