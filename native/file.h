// An open file, and why the system would not do something with it. Knows nothing of Node.

#ifndef NDMEMO_FILE_H_
#define NDMEMO_FILE_H_

#include <string>

namespace ndmemo {

// What the system calls an open file: a descriptor, on Windows a HANDLE.
#ifdef _WIN32
using File = void*;
#else
using File = int;
#endif

struct Failure {
  // As errno or GetLastError() gave it; 0 when the file is shorter than what was asked for.
  int system_error;
  std::string message;
};

}  // namespace ndmemo

#endif  // NDMEMO_FILE_H_
