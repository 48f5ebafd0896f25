// Pages set aside by mremap(MREMAP_DONTUNMAP), which takes shared maps of files since Linux 5.13.

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>

#include "pages_aside.h"

// Headers older than the kernel lack it.
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

namespace ndmemo {
namespace {

struct Range {
  std::byte* start;
  size_t length;
};

// While pages are given up, no other thread can map anything. So they are not all given up at once.
constexpr size_t kStep = size_t{16} << 20;

void* GiveUp(void* argument) {
  const auto* const range = static_cast<Range*>(argument);
  for (size_t done = 0; done < range->length; done += kStep) {
    munmap(range->start + done, std::min(kStep, range->length - done));
  }
  delete range;
  return nullptr;
}

}  // namespace

void SetPagesAside(void* start, size_t length) {
  void* const moved =
      mremap(start, length, length, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, static_cast<void*>(nullptr));
  if (moved == MAP_FAILED) return;

  auto* const range = new Range{static_cast<std::byte*>(moved), length};
  pthread_t thread;
  if (pthread_create(&thread, nullptr, GiveUp, range) == 0) {
    pthread_detach(thread);
  } else {
    GiveUp(range);
  }
}

}  // namespace ndmemo
