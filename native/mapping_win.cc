// Mapping by MapViewOfFile.

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include <limits>

#include "mapping.h"

namespace ndmemo {
namespace {

uint64_t Granularity() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwAllocationGranularity;
}

Failure LastFailure(const char* call, uint64_t offset, uint64_t length) {
  return SystemFailure(static_cast<int>(GetLastError()), call, offset, length);
}

}  // namespace

std::variant<Mapping, Failure> Mapping::Open(File file, uint64_t offset, uint64_t length,
                                             Access access, Waker* waker) {
  LARGE_INTEGER size;
  if (!GetFileSizeEx(file, &size)) return LastFailure("GetFileSizeEx for a map", offset, length);
  const auto file_size = static_cast<uint64_t>(size.QuadPart);
  if (length > file_size || offset > file_size - length) {
    return TooShort(file_size, offset + length);
  }
  return Map(file, offset, length, access, waker);
}

// Node's own way to a path, with its prefixes and sharing, is not worth repeating.
std::optional<Mapping> Mapping::OpenAfter(const char*, const uint8_t*, size_t, uint64_t, Waker*,
                                          FileState&) {
  return std::nullopt;
}

std::variant<Mapping, Failure> Mapping::Map(File file, uint64_t offset, uint64_t length,
                                            Access access, Waker* waker) {
  static const uint64_t granularity = Granularity();
  const uint64_t delta = offset % granularity;
  const uint64_t start = offset - delta;
  if (length > std::numeric_limits<size_t>::max() - delta) {
    return SystemFailure(ERROR_NOT_ENOUGH_MEMORY, "MapViewOfFile", offset, length);
  }

  const bool shared = access == Access::kShared;
  HANDLE section =
      CreateFileMappingW(file, nullptr, shared ? PAGE_READWRITE : PAGE_WRITECOPY, 0, 0, nullptr);
  if (section == nullptr) return LastFailure("CreateFileMapping", offset, length);

  const auto mapped = static_cast<size_t>(length + delta);
  void* base = MapViewOfFile(section, shared ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_COPY,
                             static_cast<DWORD>(start >> 32),
                             static_cast<DWORD>(start & 0xffffffffu), mapped);
  const DWORD error = GetLastError();
  // The view keeps the section alive.
  CloseHandle(section);
  if (base == nullptr) {
    return SystemFailure(static_cast<int>(error), "MapViewOfFile", offset, length);
  }
  return Mapping(base, start, static_cast<size_t>(delta), mapped, access, waker);
}

// No view can take the place of another in one step.
std::variant<bool, Failure> Mapping::Replace(File) { return false; }

void Mapping::Unmap() noexcept { UnmapViewOfFile(base_); }

}  // namespace ndmemo
