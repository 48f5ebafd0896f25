#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "look.h"
#include "opened_file.h"

namespace ndmemo {
int64_t ReadBeginning(const char* path, uint8_t* destination, size_t size, double* modified) {
  const OpenedFile file(path);
  if (file.fd() < 0) return errno == ENOENT || errno == ENOTDIR ? kAbsent : kUnknown;
  const ssize_t count = pread(file.fd(), destination, size, 0);
  if (count < 0) return kUnknown;
  if (modified != nullptr) {
    struct stat stat;
    if (fstat(file.fd(), &stat) != 0) return kUnknown;
    *modified = static_cast<double>(StateOf(stat).modified) / 1e6;
  }
  return count;
}

bool HoldsBytes(const char* path, const uint8_t* bytes, size_t size) {
  if (size > kMostCompared) return false;
  const OpenedFile file(path);
  if (file.fd() < 0) return false;
  // One byte more, to see a longer file.
  uint8_t found[kMostCompared + 1];
  const ssize_t count = pread(file.fd(), found, size + 1, 0);
  if (count != static_cast<ssize_t>(size)) return false;
  // Nothing may lie at no address.
  return size == 0 || std::memcmp(found, bytes, size) == 0;
}

bool HasState(const char* path, const FileState& state) {
  struct stat found;
  if (stat(path, &found) != 0) return false;
  return StateOf(found) == state;
}

}  // namespace ndmemo
