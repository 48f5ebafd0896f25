// Exclusive locks on open files, between processes and within one. Knows nothing of Node.
//
// A lock belongs to the open file: another opening of the same file is somebody else, even in the
// same process, and closing an unrelated descriptor of the file gives nothing up. The system frees
// the lock when the last descriptor of the opening is closed, which the end of a process does.
//
// A lock covers the whole file, or one byte of it, which need not exist; one of a byte keeps out
// one of the whole file. It is advisory: reading and writing go on regardless.

#ifndef NDMEMO_LOCK_H_
#define NDMEMO_LOCK_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

#include "file.h"

namespace ndmemo {

// Not an integer: a whole number of nanoseconds would overflow on a long wait.
using Milliseconds = std::chrono::duration<double, std::milli>;

// The byte that a lock covers; all of the file without one.
using Position = std::optional<uint64_t>;

// Takes the lock; false when somebody else has it. ENOTSUP where no system call locks single bytes
// for an opening of a file.
std::variant<bool, Failure> TryLock(File file, Position position = std::nullopt);

// Takes the lock as soon as it is free; false when the time has passed. Sleeps in between.
std::variant<bool, Failure> WaitLock(File file, Milliseconds timeout);

// Gives the lock up. Nothing happens to a file that is not locked.
std::optional<Failure> Unlock(File file, Position position = std::nullopt);

}  // namespace ndmemo

#endif  // NDMEMO_LOCK_H_
