// A file that is opened by its path, on POSIX, and the state that it is in.

#ifndef NDMEMO_OPENED_FILE_H_
#define NDMEMO_OPENED_FILE_H_

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

namespace ndmemo {

// Open for reading, until its end.
class OpenedFile {
 public:
  explicit OpenedFile(const char* path) : fd_(open(path, kFlags)) {}
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;
  ~OpenedFile() {
    if (fd_ >= 0) close(fd_);
  }

  // Negative, and errno says why, where it could not be opened.
  int fd() const { return fd_; }

 private:
  // In the place of a file there may be a pipe: to open that without O_NONBLOCK is to wait for its
  // writer. To read a position of it is an error.
  static constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;

  const int fd_;
};

inline int64_t Nanoseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

inline FileState StateOf(const struct stat& stat) {
#ifdef __APPLE__
  const timespec modified = stat.st_mtimespec;
  const timespec changed = stat.st_ctimespec;
#else
  const timespec modified = stat.st_mtim;
  const timespec changed = stat.st_ctim;
#endif
  return {static_cast<uint64_t>(stat.st_dev), static_cast<uint64_t>(stat.st_ino),
          static_cast<uint64_t>(stat.st_size), Nanoseconds(modified), Nanoseconds(changed)};
}

}  // namespace ndmemo

#endif  // NDMEMO_OPENED_FILE_H_
