// Copied pages by /proc/self/pagemap, see Documentation/admin-guide/mm/pagemap.rst of Linux.

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "copied_pages.h"
#include "opened_file.h"

namespace ndmemo {
namespace {

// What PAGEMAP_SCAN takes and fills, which the headers of an older Linux do not have.
struct Region {
  uint64_t start;
  uint64_t end;
  uint64_t categories;
};

struct Scan {
  uint64_t size;
  uint64_t flags;
  uint64_t start;
  uint64_t end;
  uint64_t walk_end;
  uint64_t regions;
  uint64_t region_count;
  uint64_t max_pages;
  uint64_t category_inverted;
  uint64_t category_mask;
  uint64_t category_any_of;
  uint64_t return_mask;
};

constexpr unsigned long kPagemapScan = _IOWR('f', 16, Scan);
constexpr uint64_t kScanFile = 1 << 2;
constexpr uint64_t kScanPresent = 1 << 3;
constexpr uint64_t kScanSwapped = 1 << 4;

// The kernel passes over what has never been touched without looking at each page.
std::optional<uint64_t> CountByScan(int fd, uintptr_t start, size_t pages, size_t page_size) {
  Region regions[256];
  Scan scan = {};
  scan.size = sizeof(scan);
  scan.start = start;
  scan.end = start + pages * page_size;
  scan.regions = reinterpret_cast<uintptr_t>(regions);
  scan.region_count = std::size(regions);
  // Present or swapped, and not of a file.
  scan.category_inverted = kScanFile;
  scan.category_mask = kScanFile;
  scan.category_any_of = kScanPresent | kScanSwapped;
  scan.return_mask = kScanPresent;

  uint64_t bytes = 0;
  while (scan.start < scan.end) {
    const int count = ioctl(fd, kPagemapScan, &scan);
    if (count < 0 || scan.walk_end <= scan.start) return std::nullopt;
    for (int i = 0; i < count; i++) bytes += regions[i].end - regions[i].start;
    scan.start = scan.walk_end;
  }
  return bytes / page_size;
}

bool IsCopy(uint64_t entry) {
  constexpr uint64_t kPresentOrSwapped = uint64_t{3} << 62;
  constexpr uint64_t kFile = uint64_t{1} << 61;
  return (entry & kPresentOrSwapped) != 0 && (entry & kFile) == 0;
}

std::optional<uint64_t> CountByRead(int fd, uintptr_t start, size_t pages, size_t page_size) {
  uint64_t entries[1024];
  uint64_t copies = 0;
  for (size_t done = 0; done < pages;) {
    const size_t count = std::min(pages - done, std::size(entries));
    const auto offset = static_cast<off_t>((start / page_size + done) * sizeof(uint64_t));
    const ssize_t got = pread(fd, entries, count * sizeof(uint64_t), offset);
    if (got != static_cast<ssize_t>(count * sizeof(uint64_t))) return std::nullopt;
    copies += static_cast<uint64_t>(std::count_if(entries, entries + count, IsCopy));
    done += count;
  }
  return copies;
}

}  // namespace

std::optional<uint64_t> CopiedPages(const void* start, size_t length, bool scan) {
  static const auto page_size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<uintptr_t>(start);
  const size_t pages = (length + page_size - 1) / page_size;
  const OpenedFile pagemap("/proc/self/pagemap");
  if (pagemap.fd() < 0) return std::nullopt;
  if (scan) {
    if (const auto copies = CountByScan(pagemap.fd(), first, pages, page_size)) return copies;
  }
  return CountByRead(pagemap.fd(), first, pages, page_size);
}

}  // namespace ndmemo
