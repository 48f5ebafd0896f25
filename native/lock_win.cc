// Locks by LockFileEx. Windows keeps others from reading and writing what is locked, so the lock of
// a whole file is one byte where no file has any, and single bytes are to be beyond what is read.

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include "lock.h"

namespace ndmemo {
namespace {

OVERLAPPED PlaceOf(Position position) {
  constexpr uint64_t kFarByte = 0x7ffffffffffffffe;
  const uint64_t offset = position.value_or(kFarByte);
  OVERLAPPED place = {};
  place.Offset = static_cast<DWORD>(offset & 0xffffffffu);
  place.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return place;
}

}  // namespace

std::variant<bool, Failure> TryLock(File file, Position position) {
  OVERLAPPED place = PlaceOf(position);
  constexpr DWORD kFlags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
  if (LockFileEx(file, kFlags, 0, 1, 0, &place)) return true;
  const DWORD error = GetLastError();
  if (error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING) return false;
  return Failure{static_cast<int>(error), "locking a file"};
}

std::optional<Failure> Unlock(File file, Position position) {
  OVERLAPPED place = PlaceOf(position);
  if (UnlockFileEx(file, 0, 1, 0, &place)) return std::nullopt;
  const DWORD error = GetLastError();
  if (error == ERROR_NOT_LOCKED) return std::nullopt;
  return Failure{static_cast<int>(error), "unlocking a file"};
}

}  // namespace ndmemo
