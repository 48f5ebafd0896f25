// Looks at files by their paths: each in one go, where Node takes a call of JavaScript for every
// call of the system. Knows nothing of Node.
//
// Nobody is told what went wrong: who has to know asks the system again, one step at a time.

#ifndef NDMEMO_LOOK_H_
#define NDMEMO_LOOK_H_

#include <cstddef>
#include <cstdint>

#include "file.h"

namespace ndmemo {

// The most bytes that HoldsBytes compares.
constexpr size_t kMostCompared = 4096;

constexpr int64_t kAbsent = -1;
constexpr int64_t kUnknown = -2;

// Reads a file from its beginning on, with one call of the system.
//
// Returns how many bytes it gave, which says nothing of the file's size; kAbsent where there is no
// such file or directory, and kUnknown for anything else. Tells when the file was modified, in
// milliseconds since 1970, unless `modified` is null.
int64_t ReadBeginning(const char* path, uint8_t* destination, size_t size, double* modified);

// Whether a file is there and holds just these bytes; false also where that is not known.
bool HoldsBytes(const char* path, const uint8_t* bytes, size_t size);

// Whether a file is there and in this state; false also where that is not known.
bool HasState(const char* path, const FileState& state);

}  // namespace ndmemo

#endif  // NDMEMO_LOOK_H_
