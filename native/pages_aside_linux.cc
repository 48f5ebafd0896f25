// Pages set aside by mremap(MREMAP_DONTUNMAP), which takes shared maps of files since Linux 5.13.

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

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

// What one page of a table of pages stands for. Between two addresses that are as far from a
// multiple of it whole tables are moved, otherwise page by page: 1 GiB takes 0.3 ms or 8 ms.
constexpr size_t kTable = size_t{2} << 20;

void* GiveUp(void* argument) {
  const auto* const range = static_cast<Range*>(argument);
  for (size_t done = 0; done < range->length; done += kStep) {
    munmap(range->start + done, std::min(kStep, range->length - done));
  }
  delete range;
  return nullptr;
}

// Moves the pages of a map to where nothing is; null where the system cannot.
std::byte* Move(void* start, size_t length) {
  // Linux 5.7 to 5.12 unmaps the target before it finds that it cannot. So it is asked once.
  static std::atomic<bool> is_possible{true};
  if (!is_possible.load(std::memory_order_relaxed)) return nullptr;
  static const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t moved_length = (length + page - 1) / page * page;
  const size_t room_length = moved_length + kTable;
  void* const room =
      mmap(nullptr, room_length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return nullptr;
  auto* const begin = static_cast<std::byte*>(room);
  const auto apart = reinterpret_cast<uintptr_t>(start) - reinterpret_cast<uintptr_t>(room);
  std::byte* const target = begin + apart % kTable;
  constexpr int kFlags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
  const bool is_moved = mremap(start, moved_length, moved_length, kFlags, target) != MAP_FAILED;
  std::byte* const end = target + moved_length;
  if (target > begin) munmap(begin, static_cast<size_t>(target - begin));
  munmap(end, static_cast<size_t>(begin + room_length - end));
  if (is_moved) return target;
  // What was between may be unmapped already, and another thread's by now.
  is_possible.store(false, std::memory_order_relaxed);
  return nullptr;
}

}  // namespace

void SetPagesAside(void* start, size_t length) {
  std::byte* const moved = Move(start, length);
  if (moved == nullptr) return;

  auto* const range = new Range{moved, length};
  pthread_t thread;
  if (pthread_create(&thread, nullptr, GiveUp, range) == 0) {
    pthread_detach(thread);
  } else {
    GiveUp(range);
  }
}

}  // namespace ndmemo
