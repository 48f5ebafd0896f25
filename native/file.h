// An open file, and why the system would not do something with it. Knows nothing of Node.

#ifndef NDMEMO_FILE_H_
#define NDMEMO_FILE_H_

#include <cstdint>
#include <string>

namespace ndmemo {

// What the system calls an open file: a descriptor, on Windows a HANDLE.
#ifdef _WIN32
using File = void*;
#else
using File = int;
#endif

// Device, number, size, and times of modification and of change in nanoseconds since 1970: of two
// states of one file one differs.
struct FileState {
  uint64_t device;
  uint64_t number;
  uint64_t size;
  int64_t modified;
  int64_t changed;

  bool operator==(const FileState&) const = default;
};

struct Failure {
  // As errno or GetLastError() gave it; 0 when the file is shorter than what was asked for.
  int system_error;
  std::string message;
};

}  // namespace ndmemo

#endif  // NDMEMO_FILE_H_
