#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "look.h"

namespace ndmemo {
namespace {

// In the place of a file there may be a pipe: to open that without O_NONBLOCK is to wait for its
// writer. To read a position of it is an error.
constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;

class OpenedFile {
 public:
  explicit OpenedFile(const char* path) : fd_(open(path, kFlags)) {}
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;
  ~OpenedFile() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }

 private:
  const int fd_;
};

#ifdef __APPLE__
timespec ModifiedOf(const struct stat& stat) { return stat.st_mtimespec; }
timespec ChangedOf(const struct stat& stat) { return stat.st_ctimespec; }
#else
timespec ModifiedOf(const struct stat& stat) { return stat.st_mtim; }
timespec ChangedOf(const struct stat& stat) { return stat.st_ctim; }
#endif

int64_t Nanoseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

int64_t ReadBeginning(const char* path, uint8_t* destination, size_t size, double* modified) {
  const OpenedFile file(path);
  if (file.fd() < 0) return errno == ENOENT || errno == ENOTDIR ? kAbsent : kUnknown;
  const ssize_t count = pread(file.fd(), destination, size, 0);
  if (count < 0) return kUnknown;
  if (modified != nullptr) {
    struct stat stat;
    if (fstat(file.fd(), &stat) != 0) return kUnknown;
    *modified = static_cast<double>(Nanoseconds(ModifiedOf(stat))) / 1e6;
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
  return static_cast<uint64_t>(found.st_dev) == state.device &&
         static_cast<uint64_t>(found.st_ino) == state.number &&
         static_cast<uint64_t>(found.st_size) == state.size &&
         Nanoseconds(ModifiedOf(found)) == state.modified &&
         Nanoseconds(ChangedOf(found)) == state.changed;
}

}  // namespace ndmemo
