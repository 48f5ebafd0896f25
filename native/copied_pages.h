// Which pages of a private map somebody has written to, without a guard. Knows nothing of Node.
//
// A page of a private map is one of the file until it is written; then it is a copy of its own, of
// memory or, later, of swap. Linux tells the two apart for every process, privileged or not, and
// whoever wrote: an instruction, or a system call.

#ifndef NDMEMO_COPIED_PAGES_H_
#define NDMEMO_COPIED_PAGES_H_

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ndmemo {

// How many pages of the range, which begins at a page, are no longer those of the file; nothing
// where the system does not tell. Some pages may be counted that are the file's after all (huge
// ones before Linux 6.11, those of a DAX file system), but never fewer than are copies.
//
// Costs some microseconds, and 10 ms for each GiB that has been touched. Without `scan`, what Linux
// has for this since 6.7 is left out: the result is the same, 1.5 ms for each GiB that has not been
// touched come to it.
std::optional<uint64_t> CopiedPages(const void* start, size_t length, bool scan = true);

}  // namespace ndmemo

#endif  // NDMEMO_COPIED_PAGES_H_
