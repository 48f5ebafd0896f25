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

}  // namespace ndmemo

#endif  // NDMEMO_ARGUMENT_H_
