// Mapping by mmap.

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "mapping.h"
#include "opened_file.h"
#include "pages_aside.h"

namespace ndmemo {

static_assert(sizeof(off_t) == 8, "offsets past 2 GiB need a 64-bit off_t");

std::variant<Mapping, Failure> Mapping::Open(File file, uint64_t offset, uint64_t length,
                                             Access access, Waker* waker) {
  struct stat status;
  if (fstat(file, &status) != 0) return SystemFailure(errno, "fstat for a map", offset, length);
  const auto file_size = static_cast<uint64_t>(status.st_size);
  if (length > file_size || offset > file_size - length) {
    return TooShort(file_size, offset + length);
  }
  return Map(file, offset, length, access, waker);
}

std::optional<Mapping> Mapping::OpenAfter(const char* path, const uint8_t* head, size_t head_size,
                                          uint64_t length, Waker* waker, FileState& state) {
  uint8_t found[kLongestHead];
  if (head_size == 0 || head_size > kLongestHead || length == 0) return std::nullopt;
  const OpenedFile file(path);
  struct stat status;
  if (file.fd() < 0 || fstat(file.fd(), &status) != 0) return std::nullopt;
  state = StateOf(status);
  if (state.size < head_size || state.size - head_size != length) return std::nullopt;
  const ssize_t count = pread(file.fd(), found, head_size, 0);
  if (count != static_cast<ssize_t>(head_size) || std::memcmp(found, head, head_size) != 0) {
    return std::nullopt;
  }
  auto mapped = Map(file.fd(), head_size, length, Access::kGuarded, waker);
  if (std::holds_alternative<Failure>(mapped)) return std::nullopt;
  return std::get<Mapping>(std::move(mapped));
}

std::variant<Mapping, Failure> Mapping::Map(File file, uint64_t offset, uint64_t length,
                                            Access access, Waker* waker) {
  static const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const uint64_t delta = offset % page;
  const uint64_t start = offset - delta;
  if (length > std::numeric_limits<size_t>::max() - delta) {
    return SystemFailure(ENOMEM, "mmap", offset, length);
  }

  // The guard makes pages writable as they are written.
  const bool guarded = access == Access::kGuarded && Watch::Available();
  const int protection = guarded ? PROT_READ : PROT_READ | PROT_WRITE;
  // Without MAP_NORESERVE Linux counts a private writable map as if every page of it were going to
  // be written, and refuses a file that is larger than memory.
  const int flags = access == Access::kShared ? MAP_SHARED : MAP_PRIVATE | MAP_NORESERVE;
  const auto mapped = static_cast<size_t>(length + delta);
  void* base = mmap(nullptr, mapped, protection, flags, file, static_cast<off_t>(start));
  if (base == MAP_FAILED) return SystemFailure(errno, "mmap", offset, length);
  return Mapping(base, start, static_cast<size_t>(delta), mapped, access, waker);
}

std::variant<bool, Failure> Mapping::Replace(File file) {
  const auto put = [&](int flags) {
    return mmap(base_, mapped_, PROT_READ | PROT_WRITE, flags | MAP_FIXED, file,
                static_cast<off_t>(start_));
  };
  SetPagesAside(base_, mapped_);
  if (put(MAP_PRIVATE | MAP_NORESERVE) != MAP_FAILED) return true;
  const Failure failure = SystemFailure(errno, "mmap in place", start_, mapped_);
  // What was there may be gone, says POSIX.
  put(MAP_SHARED);
  return failure;
}

void Mapping::Unmap() noexcept { munmap(base_, mapped_); }

}  // namespace ndmemo
