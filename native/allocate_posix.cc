// Disk space by fallocate() on Linux, F_PREALLOCATE on macOS, and posix_fallocate() elsewhere. On
// Linux that last one would write zeros where the file system cannot reserve.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "allocate.h"

namespace ndmemo {
namespace {

static_assert(sizeof(off_t) == 8, "lengths past 2 GiB need a 64-bit off_t");

// 0, or what errno was. Need not change the length of the file.
int Reserve(File file, off_t size, off_t length) {
#if defined(__linux__)
  static_cast<void>(size);
  return fallocate(file, 0, 0, length) == 0 ? 0 : errno;
#elif defined(__APPLE__)
  fstore_t wanted = {F_ALLOCATEALL, F_PEOFPOSMODE, 0, std::max<off_t>(length - size, 0), 0};
  return wanted.fst_length == 0 || fcntl(file, F_PREALLOCATE, &wanted) == 0 ? 0 : errno;
#else
  static_cast<void>(size);
  return posix_fallocate(file, 0, length);
#endif
}

bool IsUnsupported(int error) {
#if defined(__linux__)
  return error == EOPNOTSUPP || error == ENOSYS;
#else
  return error == EOPNOTSUPP || error == ENOTSUP || error == ENOSYS || error == EINVAL;
#endif
}

Failure AllocateFailure(int error, uint64_t length) {
  return {error, "reserving " + std::to_string(length) + " bytes"};
}

}  // namespace

std::optional<Failure> Allocate(File file, uint64_t length) {
  struct stat status;
  if (fstat(file, &status) != 0) return AllocateFailure(errno, length);
  if (length == 0) return std::nullopt;
  const auto end = static_cast<off_t>(length);
  int error;
  do error = Reserve(file, status.st_size, end);
  while (error == EINTR);
  if (error != 0 && !IsUnsupported(error)) return AllocateFailure(error, length);

  // ftruncate() must not make shorter what is longer.
  if (fstat(file, &status) != 0) return AllocateFailure(errno, length);
  if (status.st_size >= end || ftruncate(file, end) == 0) return std::nullopt;
  return AllocateFailure(errno, length);
}

}  // namespace ndmemo
