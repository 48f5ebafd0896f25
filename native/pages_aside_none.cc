// Where a map cannot be freed of its pages.

#include "pages_aside.h"

namespace ndmemo {

void SetPagesAside(void*, size_t) {}

}  // namespace ndmemo
