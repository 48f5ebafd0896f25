// Disk space by SetFileInformationByHandle, which reserves it for all files that are not sparse.

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include "allocate.h"

namespace ndmemo {
namespace {

std::optional<Failure> LastFailure(uint64_t length) {
  return Failure{static_cast<int>(GetLastError()),
                 "reserving " + std::to_string(length) + " bytes"};
}

}  // namespace

std::optional<Failure> Allocate(File file, uint64_t length) {
  LARGE_INTEGER size;
  if (!GetFileSizeEx(file, &size)) return LastFailure(length);
  if (static_cast<uint64_t>(size.QuadPart) >= length) return std::nullopt;
  FILE_END_OF_FILE_INFO end;
  end.EndOfFile.QuadPart = static_cast<LONGLONG>(length);
  if (SetFileInformationByHandle(file, FileEndOfFileInfo, &end, sizeof(end))) return std::nullopt;
  return LastFailure(length);
}

}  // namespace ndmemo
