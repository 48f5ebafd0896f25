// Replacing a map without waiting for its pages. Knows nothing of Node.
//
// To take a map away that has been written costs 20 ms for each GiB, page by page. Linux can move
// all pages of a map to another address instead, by the tables that list them, and leaves the map
// without any: accesses bring them back from the file, one by one. The pages that were moved are
// then given up by a thread of their own.

#ifndef NDMEMO_PAGES_ASIDE_H_
#define NDMEMO_PAGES_ASIDE_H_

#include <cstddef>

namespace ndmemo {

// Frees a shared map of its pages, so that another one takes its place at once. The map stays, with
// all its bytes. Nothing happens where the system cannot do it: then the other one takes longer.
void SetPagesAside(void* start, size_t length);

}  // namespace ndmemo

#endif  // NDMEMO_PAGES_ASIDE_H_
