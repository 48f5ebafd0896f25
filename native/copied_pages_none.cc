// No system but Linux is known to tell.

#include "copied_pages.h"

namespace ndmemo {

std::optional<uint64_t> CopiedPages(const void*, size_t, bool) { return std::nullopt; }

}  // namespace ndmemo
