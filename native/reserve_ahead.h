// Disk space for what is about to be written, where that makes writing faster. Knows nothing of
// Node.

#ifndef NDMEMO_RESERVE_AHEAD_H_
#define NDMEMO_RESERVE_AHEAD_H_

#include <cstdint>

#include "file.h"

namespace ndmemo {

// Reserves disk space for `length` bytes from the file's position on, and changes neither its
// length nor its position. Whatever fails is seen when the bytes are written.
void ReserveAhead(File file, uint64_t length);

}  // namespace ndmemo

#endif  // NDMEMO_RESERVE_AHEAD_H_
