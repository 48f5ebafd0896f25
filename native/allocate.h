// Disk space for a file before it is written. Knows nothing of Node.

#ifndef NDMEMO_ALLOCATE_H_
#define NDMEMO_ALLOCATE_H_

#include <cstdint>
#include <optional>

#include "file.h"

namespace ndmemo {

// Makes the file at least `length` bytes long, and reserves the disk space of that range where the
// file system can. Bytes that were there stay, new ones are 0. After a failure the file may have
// become longer.
std::optional<Failure> Allocate(File file, uint64_t length);

}  // namespace ndmemo

#endif  // NDMEMO_ALLOCATE_H_
