// Runs what the addon does without Node from many threads, for the sanitizers (sanitize.sh). One
// program, so one file: the cases share the files and the threads that they run on.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "../../native/allocate.h"
#include "../../native/copied_pages.h"
#include "../../native/lock.h"
#include "../../native/mapping.h"
#include "../../native/reserve_ahead.h"
#include "../../native/shuffle.h"
#include "../../native/shuffle_plain.h"
#include "../../native/shuffle_simd.h"

namespace ndmemo {
namespace {

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) {                                                \
      std::fprintf(stderr, "line %d: not %s\n", __LINE__, #condition); \
      std::abort();                                                    \
    }                                                                  \
  } while (false)

constexpr size_t kPages = 64;
const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));

class CountingWaker final : public Waker {
 public:
  void Wake() override { wakes.fetch_add(1); }
  std::atomic<int> wakes{0};
};

// A file of kPages pages of sevens, without a name.
class TemporaryFile {
 public:
  TemporaryFile() {
    const char* const directory = std::getenv("TMPDIR");
    path_ = std::string(directory == nullptr ? "/tmp" : directory) + "/ndmemo-stress-XXXXXX";
    fd = mkstemp(path_.data());
    CHECK(fd >= 0);
    const std::vector<char> sevens(kPages * page, 7);
    CHECK(write(fd, sevens.data(), sevens.size()) == static_cast<ssize_t>(sevens.size()));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    close(fd);
    unlink(path_.c_str());
  }

  int OpenAgain() const { return open(path_.c_str(), O_RDWR | O_CLOEXEC); }

  int fd;

 private:
  std::string path_;
};

Mapping Map(int fd, Access access, Waker* waker) {
  auto opened = Mapping::Open(fd, 0, kPages * page, access, waker);
  CHECK(std::holds_alternative<Mapping>(opened));
  return std::get<Mapping>(std::move(opened));
}

volatile char* BytesOf(const Mapping& mapping) {
  return static_cast<volatile char*>(mapping.data());
}

void InThreads(int count, const std::function<void(unsigned)>& run) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; i++) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
}

// Maps come and go in each thread, while two threads write to each.
void StressGuard() {
  const TemporaryFile file;
  CountingWaker waker;
  InThreads(4, [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int round = 0; round < 300; round++) {
      const Mapping mapping = Map(file.fd, Access::kGuarded, &waker);
      volatile char* const bytes = BytesOf(mapping);
      const size_t written = random() % kPages;
      std::thread other([&] {
        for (size_t i = 0; i < kPages; i += 2) bytes[i * page + 1] = 3;
      });
      for (size_t i = 0; i < written; i++) bytes[i * page] = 9;
      other.join();
      for (size_t i = 0; i < kPages; i++) {
        CHECK(bytes[i * page] == (i < written ? 9 : 7));
        CHECK(bytes[i * page + 1] == (i % 2 == 0 ? 3 : 7));
      }
      CHECK(mapping.dirty_pages() >= kPages / 2);
    }
  });
  CHECK(waker.wakes > 0);
  char byte;
  for (size_t i = 0; i < kPages; i++) CHECK(pread(file.fd, &byte, 1, i * page) == 1 && byte == 7);
}

// More maps at a time than a block of the table has slots.
void StressSlots() {
  const TemporaryFile file;
  InThreads(3, [&](unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Mapping> mappings;
    for (int i = 0; i < 700; i++) mappings.push_back(Map(file.fd, Access::kGuarded, nullptr));
    for (const Mapping& mapping : mappings) BytesOf(mapping)[random() % (kPages * page)] = 1;
    std::vector<size_t> order(mappings.size());
    for (size_t i = 0; i < order.size(); i++) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    for (const size_t i : order) {
      CHECK(mappings[i].dirty_pages() == 1);
      mappings[i].Close();
      CHECK(mappings[i].faults().written == 1);
    }
  });
}

// A file that has become shorter. Each thread has its own pages: for ThreadSanitizer the zeros that
// take the place of a page are a write to it.
void StressLostPages() {
  for (const Access access : {Access::kGuarded, Access::kPrivate, Access::kShared}) {
    const TemporaryFile file;
    CountingWaker waker;
    const Mapping mapping = Map(file.fd, access, &waker);
    CHECK(ftruncate(file.fd, 0) == 0);
    InThreads(4, [&](unsigned first) {
      for (size_t i = first; i < kPages; i += 4) CHECK(BytesOf(mapping)[i * page] == 0);
    });
    CHECK(mapping.faults().lost == kPages);
    CHECK(waker.wakes == 1);
    CHECK(access == Access::kShared || mapping.dirty_pages().value_or(1) > 0);
  }
}

// Pages of a private map that have been written, read, left alone, and taken from memory.
void StressCopiedPages() {
  const TemporaryFile file;
  InThreads(3, [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int round = 0; round < 100; round++) {
      const Mapping mapping = Map(file.fd, Access::kPrivate, nullptr);
      uint64_t written = 0;
      for (size_t i = 0; i < kPages; i++) {
        const unsigned what = random() % 3;
        if (what == 0) BytesOf(mapping)[i * page + i] = 1;
        if (what == 1) CHECK(BytesOf(mapping)[i * page] == 7);
        written += what == 0;
      }
#ifdef MADV_PAGEOUT
      if (round % 2 == 0) madvise(mapping.data(), mapping.size(), MADV_PAGEOUT);
#endif
      for (const bool scan : {true, false}) {
        const auto copied = CopiedPages(mapping.data(), mapping.size(), scan);
        CHECK(copied.value_or(written) == written);
      }
    }
  });
}

#ifdef __SANITIZE_THREAD__
// For ThreadSanitizer the map that takes the place of another one is a write to all of it.
constexpr bool kWriteMeanwhile = false;
#else
constexpr bool kWriteMeanwhile = true;
#endif

// Maps that become private while other threads count up in them: no number is lost, and the file
// stays as it is afterwards.
void StressPrivate() {
  InThreads(3, [](unsigned) {
    for (int round = 0; round < 100; round++) {
      const TemporaryFile file;
      Mapping mapping = Map(file.fd, Access::kShared, nullptr);
      const auto numbers = reinterpret_cast<volatile uint64_t*>(mapping.data());
      const size_t in_page = page / sizeof(uint64_t);
      const auto count = [&](size_t first) {
        for (size_t i = first; i < kPages; i += 2) numbers[i * in_page] = 0;
        for (uint64_t turn = 1; turn <= 50; turn++) {
          for (size_t i = first; i < kPages; i += 2) {
            CHECK(numbers[i * in_page] == turn - 1);
            numbers[i * in_page] = turn;
          }
        }
      };
      std::vector<std::thread> threads;
      for (const size_t first : {0, 1}) {
        threads.emplace_back(count, first);
        if (!kWriteMeanwhile) threads.back().join();
      }
      CHECK(std::get<bool>(mapping.MakePrivate(file.fd)));
      CHECK(!std::get<bool>(mapping.MakePrivate(file.fd)));
      std::vector<uint64_t> published(kPages * in_page), later(kPages * in_page);
      const auto bytes = static_cast<ssize_t>(kPages * page);
      CHECK(pread(file.fd, published.data(), bytes, 0) == bytes);
      for (std::thread& thread : threads) {
        if (thread.joinable()) thread.join();
      }
      numbers[in_page + 1] = 1;
      CHECK(pread(file.fd, later.data(), bytes, 0) == bytes);
      CHECK(published == later);
      for (size_t i = 0; i < kPages; i++) {
        CHECK(numbers[i * in_page] == 50);
        CHECK(numbers[i * in_page + 2] == 0x0707070707070707);
        CHECK(later[i * in_page] <= 50 || later[i * in_page] == 0x0707070707070707);
      }
      CHECK(mapping.dirty_pages().value_or(1) > 0);
    }
  });
}

void StressLock() {
  const TemporaryFile file;
  // Adding 1 in two steps, which only the lock makes one.
  std::atomic<int> sum{0};
  InThreads(4, [&](unsigned) {
    const int fd = file.OpenAgain();
    for (int i = 0; i < 200; i++) {
      const auto outcome = WaitLock(fd, Milliseconds(60'000));
      CHECK(std::get<bool>(outcome));
      const int before = sum.load(std::memory_order_relaxed);
      std::this_thread::yield();
      sum.store(before + 1, std::memory_order_relaxed);
      CHECK(!Unlock(fd));
    }
    close(fd);
  });
  CHECK(sum == 800);
}

void StressAllocate() {
  const TemporaryFile file;
  InThreads(4, [&](unsigned seed) {
    ReserveAhead(file.fd, 8 * kPages * page);
    CHECK(!Allocate(file.fd, (kPages + seed) * page + seed));
  });
  struct stat status;
  CHECK(fstat(file.fd, &status) == 0);
  CHECK(static_cast<size_t>(status.st_size) == (kPages + 3) * page + 3);
}

using Array = std::vector<uint8_t>;

Array Noise(size_t length, std::mt19937& random) {
  Array bytes(length);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// A vector has the bytes it was asked for and no more, so that each one beside is found.
void StressShuffle() {
  std::mt19937 random(1);
  const std::pair<ShuffleFunction*, ShuffleFunction*> pairs[] = {{Shuffle, Unshuffle},
                                                                 {BitShuffle, BitUnshuffle}};
  for (int round = 0; round < 3000; round++) {
    const size_t item_size = 1 + random() % 20;
    const Array source = Noise(random() % 5000, random);
    for (const auto& [forth, back] : pairs) {
      Array by_vectors(source.size()), plain(source.size()), restored(source.size());
      forth(source.data(), by_vectors.data(), source.size(), item_size, true);
      forth(source.data(), plain.data(), source.size(), item_size, false);
      CHECK(by_vectors == plain);
      back(plain.data(), restored.data(), source.size(), item_size, true);
      CHECK(restored == source);
      back(plain.data(), restored.data(), source.size(), item_size, false);
      CHECK(restored == source);
    }
  }
}

// Each set of instructions, not only the best one.
void StressSimd(const ShuffleSimd& simd) {
  std::mt19937 random(2);
  for (size_t steps = 0; steps < 20; steps++) {
    const size_t count = steps * simd.step;
    for (const size_t item_size : {2, 4, 8, 16}) {
      const Array items = Noise(count * item_size, random);
      Array rows(items.size()), expected(items.size()), restored(items.size());
      simd.split(items.data(), rows.data(), count, count, item_size);
      SplitBytes(items.data(), expected.data(), count, item_size, 0);
      CHECK(rows == expected);
      simd.join(rows.data(), count, restored.data(), count, item_size);
      CHECK(restored == items);
    }
    const Array items = Noise(count * 8, random);
    Array rows(items.size()), expected(items.size()), restored(items.size());
    simd.split_bits(items.data(), rows.data(), count, count);
    SplitBits(items.data(), expected.data(), count * 8, 1, 0);
    CHECK(rows == expected);
    simd.join_bits(rows.data(), count, restored.data(), count);
    CHECK(restored == items);
  }
}

}  // namespace
}  // namespace ndmemo

int main() {
  using namespace ndmemo;
  CHECK(Watch::Available());
  StressGuard();
  StressSlots();
  StressLostPages();
  StressCopiedPages();
  StressPrivate();
  StressLock();
  StressAllocate();
  StressShuffle();
#ifdef NDMEMO_X86_64
  StressSimd(kShuffleSse2);
  if (BestShuffleSimd() == &kShuffleAvx2) StressSimd(kShuffleAvx2);
#endif
}
