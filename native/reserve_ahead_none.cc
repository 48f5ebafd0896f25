// Systems on which nothing is gained.

#include "reserve_ahead.h"

namespace ndmemo {

void ReserveAhead(File, uint64_t) {}

}  // namespace ndmemo
