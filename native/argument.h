// Checks of arguments that come from JavaScript. Each throws a TypeError or RangeError that names
// the argument, and then gives nothing.

#ifndef NDMEMO_ARGUMENT_H_
#define NDMEMO_ARGUMENT_H_

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "file.h"

namespace ndmemo {

constexpr double kMaxSafeInteger = 9007199254740991.0;

// An integer of min to max.
std::optional<double> Integer(Napi::Value value, const char* name, double min, double max);

// An open file by its descriptor, which need not be open.
std::optional<File> OpenFile(Napi::Value fd);

// A finite number >= 0.
std::optional<double> Duration(Napi::Value value, const char* name);

// The bytes of a typed array or DataView. They are where they are until JavaScript runs again.
struct Bytes {
  uint8_t* data;
  size_t size;
};
std::optional<Bytes> BytesOf(Napi::Value view, const char* name);

// A path in UTF-8 with a zero at its end, on the stack; unknown, without an error, where it is no
// string, holds a zero, or is too long.
class Path {
 public:
  explicit Path(Napi::Value value);

  bool is_known() const { return is_known_; }
  const char* text() const { return text_; }

 private:
  static constexpr size_t kLongest = 4096;

  char text_[kLongest];
  bool is_known_;
};

}  // namespace ndmemo

#endif  // NDMEMO_ARGUMENT_H_
