// The parts of Mapping that are the same on every system.

#include "mapping.h"

#include <algorithm>
#include <utility>

#include "copied_pages.h"

namespace ndmemo {

Mapping::Mapping(void* base, uint64_t start, size_t delta, size_t mapped, Access access,
                 Waker* waker)
    : base_(static_cast<std::byte*>(base)),
      start_(start),
      delta_(delta),
      mapped_(mapped),
      access_(access) {
  const bool read_only = access == Access::kGuarded;
  if (Watch::Available()) watch_ = Watch::Begin(base, mapped, read_only, waker);
}

Mapping::Mapping(Mapping&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)),
      start_(other.start_),
      delta_(other.delta_),
      mapped_(other.mapped_),
      access_(other.access_),
      watch_(std::exchange(other.watch_, Watch())),
      final_faults_(other.final_faults_) {}

std::variant<bool, Failure> Mapping::MakePrivate(File file) {
  if (base_ == nullptr || access_ != Access::kShared) return false;
  const auto outcome = Replace(file);
  if (const bool* const replaced = std::get_if<bool>(&outcome); replaced && *replaced) {
    access_ = Access::kPrivate;
  }
  return outcome;
}

void Mapping::Close() noexcept {
  if (base_ == nullptr) return;
  final_faults_ = watch_.End();
  Unmap();
  base_ = nullptr;
}

std::optional<uint64_t> Mapping::dirty_pages() const {
  if (base_ == nullptr || access_ == Access::kShared) return std::nullopt;
  // The zeros in place of a lost page are not of the file.
  if (access_ == Access::kGuarded && Watch::Available()) return faults().written + faults().lost;
  const auto copied = CopiedPages(base_, mapped_);
  if (!copied) return std::nullopt;
  return std::max(*copied, faults().lost);
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
