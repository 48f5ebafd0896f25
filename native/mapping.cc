// The parts of Mapping that are the same on every system.

#include "mapping.h"

#include <utility>

namespace ndmemo {

Mapping::Mapping(Mapping&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), delta_(other.delta_), mapped_(other.mapped_) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(delta_, other.delta_);
  std::swap(mapped_, other.mapped_);
  return *this;
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
