// The parts of Mapping that are the same on every system.

#include "mapping.h"

#include <utility>

namespace ndmemo {

Mapping::Mapping(void* base, size_t delta, size_t mapped, Access access, Waker* waker)
    : base_(static_cast<std::byte*>(base)),
      delta_(delta),
      mapped_(mapped),
      counts_writes_(access == Access::kPrivate && Watch::Available()) {
  if (Watch::Available()) watch_ = Watch::Begin(base, mapped, counts_writes_, waker);
}

Mapping::Mapping(Mapping&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)),
      delta_(other.delta_),
      mapped_(other.mapped_),
      counts_writes_(other.counts_writes_),
      watch_(std::exchange(other.watch_, Watch())),
      final_faults_(other.final_faults_) {}

void Mapping::Close() noexcept {
  if (base_ == nullptr) return;
  final_faults_ = watch_.End();
  Unmap();
  base_ = nullptr;
}

Failure TooShort(uint64_t file_size, uint64_t end) {
  return {0, "the file ends at byte " + std::to_string(file_size) + ", the range at byte " +
                 std::to_string(end)};
}

Failure SystemFailure(int system_error, const char* call, uint64_t offset, uint64_t length) {
  return {system_error, std::string(call) + " of " + std::to_string(length) + " bytes at offset " +
                            std::to_string(offset)};
}

}  // namespace ndmemo
