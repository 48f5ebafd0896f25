// Locks by F_OFD_SETLK on Linux, where they hold on network file systems too, and by flock() on
// other systems.

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "lock.h"

namespace ndmemo {
namespace {

// 0, or what errno was.
int SetLock(File file, bool lock) {
  int result;
  do {
#ifdef F_OFD_SETLK
    // A start and a length of 0 are all of the file, however long it becomes.
    struct flock range = {};
    range.l_type = lock ? F_WRLCK : F_UNLCK;
    range.l_whence = SEEK_SET;
    result = fcntl(file, F_OFD_SETLK, &range);
#else
    result = flock(file, lock ? LOCK_EX | LOCK_NB : LOCK_UN);
#endif
  } while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

}  // namespace

std::variant<bool, Failure> TryLock(File file) {
  const int error = SetLock(file, true);
  if (error == 0) return true;
  if (error == EAGAIN || error == EACCES || error == EWOULDBLOCK) return false;
  return Failure{error, "locking a file"};
}

std::optional<Failure> Unlock(File file) {
  const int error = SetLock(file, false);
  if (error == 0) return std::nullopt;
  return Failure{error, "unlocking a file"};
}

}  // namespace ndmemo
