// Exclusive locks on open files, between processes and within one. Knows nothing of Node.
//
// A lock belongs to the open file: another opening of the same file is somebody else, even in the
// same process, and closing an unrelated descriptor of the file gives nothing up. The system frees
// the lock when the last descriptor of the opening is closed, which the end of a process does.
//
// The lock covers the whole file and is advisory: reading and writing go on regardless.

#ifndef NDMEMO_LOCK_H_
#define NDMEMO_LOCK_H_

#include <chrono>
#include <optional>
#include <variant>

#include "file.h"

namespace ndmemo {

// Not an integer: a whole number of nanoseconds would overflow on a long wait.
using Milliseconds = std::chrono::duration<double, std::milli>;

// Takes the lock; false when somebody else has it.
std::variant<bool, Failure> TryLock(File file);

// Takes the lock as soon as it is free; false when the time has passed. Sleeps in between.
std::variant<bool, Failure> WaitLock(File file, Milliseconds timeout);

// Gives the lock up. Nothing happens to a file that is not locked.
std::optional<Failure> Unlock(File file);

}  // namespace ndmemo

#endif  // NDMEMO_LOCK_H_
