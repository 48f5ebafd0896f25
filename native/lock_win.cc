// Locks by LockFileEx. Windows keeps others from reading and writing what is locked, so the lock is
// one byte where no file has any.

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include "lock.h"

namespace ndmemo {
namespace {

OVERLAPPED FarByte() {
  OVERLAPPED place = {};
  place.Offset = 0xfffffffeu;
  place.OffsetHigh = 0x7fffffffu;
  return place;
}

}  // namespace

std::variant<bool, Failure> TryLock(File file) {
  OVERLAPPED place = FarByte();
  constexpr DWORD kFlags = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
  if (LockFileEx(file, kFlags, 0, 1, 0, &place)) return true;
  const DWORD error = GetLastError();
  if (error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING) return false;
  return Failure{static_cast<int>(error), "locking a file"};
}

std::optional<Failure> Unlock(File file) {
  OVERLAPPED place = FarByte();
  if (UnlockFileEx(file, 0, 1, 0, &place)) return std::nullopt;
  const DWORD error = GetLastError();
  if (error == ERROR_NOT_LOCKED) return std::nullopt;
  return Failure{static_cast<int>(error), "unlocking a file"};
}

}  // namespace ndmemo
