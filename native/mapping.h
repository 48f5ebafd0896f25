// A range of a file as memory, unmapped by its destructor. Knows nothing of Node.
//
// Offsets and lengths are 64 bits wide and need no alignment: the mapping starts at the page (on
// Windows: the allocation granule) below the offset, and data() points past the difference.

#ifndef NDMEMO_MAPPING_H_
#define NDMEMO_MAPPING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "file.h"
#include "guard.h"

namespace ndmemo {

enum class Access {
  // Copy on write: the memory can be written, the file never changes. Guarded where possible, so
  // that a write is known of as soon as it happens.
  kGuarded,
  // Copy on write, and nothing stands in the way of a write.
  kPrivate,
  // Writes change the file, which must be open for reading and writing.
  kShared,
};

// Why a range could not be mapped.
Failure TooShort(uint64_t file_size, uint64_t end);
Failure SystemFailure(int system_error, const char* call, uint64_t offset, uint64_t length);

class Mapping {
 public:
  // Maps `length` > 0 bytes. Refuses a range that the file does not have. `waker` may be null; it
  // is used until Close() or Silence().
  static std::variant<Mapping, Failure> Open(File file, uint64_t offset, uint64_t length,
                                             Access access, Waker* waker);

  // As Open(), of the `length` bytes after the head of the file at a path, guarded. Nothing where
  // the file is not there, does not begin with the head, or does not end after those bytes, and for
  // whatever else is in the way: who has to know what asks one step at a time. Tells the state that
  // the file was in.
  static std::optional<Mapping> OpenAfter(const char* path, const uint8_t* head, size_t head_size,
                                          uint64_t length, Waker* waker, FileState& state);

  // The longest head that OpenAfter() compares.
  static constexpr size_t kLongestHead = 4096;

  Mapping(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { Close(); }

  // Makes a shared map a private one, at the same address and with the same bytes: from here on
  // nothing that is written to it reaches the file, which `file` is an opening of. No moment lies
  // in between at which the bytes are not there. A write by another thread meanwhile goes either to
  // the file or to the private copy, which begins as what is in the file then: it is lost in
  // neither case.
  //
  // False, and nothing changes, for a map that is not shared and on a system that cannot do it.
  std::variant<bool, Failure> MakePrivate(File file);

  // Unmaps at once; later calls do nothing.
  void Close() noexcept;
  // No longer tells anybody of faults.
  void Silence() noexcept { watch_.Silence(); }

  // The byte at the offset; null once closed.
  void* data() const { return base_ == nullptr ? nullptr : base_ + delta_; }
  size_t size() const { return base_ == nullptr ? 0 : mapped_ - delta_; }

  // What has happened to the pages, up to Close().
  Faults faults() const { return watch_ ? watch_.faults() : final_faults_; }
  // How many pages differ from the file: at least 1 if any does. Nothing where that is not known.
  std::optional<uint64_t> dirty_pages() const;

 private:
  Mapping(void* base, uint64_t start, size_t delta, size_t mapped, Access access, Waker* waker);

  // What Open() does once the range is known to be in the file.
  static std::variant<Mapping, Failure> Map(File file, uint64_t offset, uint64_t length,
                                            Access access, Waker* waker);
  // What MakePrivate() does to a shared map.
  std::variant<bool, Failure> Replace(File file);
  // What Close() does once the range is no longer watched.
  void Unmap() noexcept;

  std::byte* base_;
  // Where in the file the byte at base_ is.
  uint64_t start_;
  size_t delta_;
  size_t mapped_;
  Access access_;
  Watch watch_;
  Faults final_faults_;
};

}  // namespace ndmemo

#endif  // NDMEMO_MAPPING_H_
