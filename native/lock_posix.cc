// Locks by F_OFD_SETLK on Linux, where they hold on network file systems too, and on macOS; by
// flock() on other systems.

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "lock.h"

namespace ndmemo {
namespace {

// 0, or what errno was.
int SetLock(File file, bool lock, Position position) {
  int result;
  do {
#ifdef F_OFD_SETLK
    // A start and a length of 0 are all of the file, however long it becomes.
    struct flock range = {};
    range.l_type = lock ? F_WRLCK : F_UNLCK;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(position.value_or(0));
    range.l_len = position ? 1 : 0;
    result = fcntl(file, F_OFD_SETLK, &range);
#else
    if (position) return ENOTSUP;
    result = flock(file, lock ? LOCK_EX | LOCK_NB : LOCK_UN);
#endif
  } while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

}  // namespace

std::variant<bool, Failure> TryLock(File file, Position position) {
  const int error = SetLock(file, true, position);
  if (error == 0) return true;
  if (error == EAGAIN || error == EACCES || error == EWOULDBLOCK) return false;
  return Failure{error, "locking a file"};
}

std::optional<Failure> Unlock(File file, Position position) {
  const int error = SetLock(file, false, position);
  if (error == 0) return std::nullopt;
  return Failure{error, "unlocking a file"};
}

}  // namespace ndmemo
