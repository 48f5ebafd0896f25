// A range of a file as memory, unmapped by its destructor. Knows nothing of Node.
//
// Offsets and lengths are 64 bits wide and need no alignment: the mapping starts at the page (on
// Windows: the allocation granule) below the offset, and data() points past the difference.

#ifndef NDMEMO_MAPPING_H_
#define NDMEMO_MAPPING_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

namespace ndmemo {

// What the system calls an open file: a descriptor, on Windows a HANDLE.
#ifdef _WIN32
using File = void*;
#else
using File = int;
#endif

enum class Access {
  // Copy on write: the memory is writable, the file never changes.
  kPrivate,
  // Writes change the file, which must be open for reading and writing.
  kShared,
};

// Why a range could not be mapped.
struct Failure {
  // As errno or GetLastError() gave it; 0 when the file is shorter than the range.
  int system_error;
  std::string message;
};

Failure TooShort(uint64_t file_size, uint64_t end);
Failure SystemFailure(int system_error, const char* call, uint64_t offset, uint64_t length);

class Mapping {
 public:
  // Maps `length` > 0 bytes. Refuses a range that the file does not have: reading past the last
  // page of a file kills the process.
  static std::variant<Mapping, Failure> Open(File file, uint64_t offset, uint64_t length,
                                             Access access);

  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { Close(); }

  // Unmaps at once; later calls do nothing.
  void Close() noexcept;

  // The byte at the offset; null once closed.
  void* data() const { return base_ == nullptr ? nullptr : base_ + delta_; }
  size_t size() const { return base_ == nullptr ? 0 : mapped_ - delta_; }

 private:
  Mapping(std::byte* base, size_t delta, size_t mapped)
      : base_(base), delta_(delta), mapped_(mapped) {}

  std::byte* base_;
  size_t delta_;
  size_t mapped_;
};

}  // namespace ndmemo

#endif  // NDMEMO_MAPPING_H_
