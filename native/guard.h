// Faults inside maps, caught on the thread that made them. Knows nothing of Node.
//
// A guarded map starts read-only. Its first write to a page is a SIGSEGV (on macOS a SIGBUS); the
// handler makes the page writable, counts it, and the instruction runs again. A page that the file
// no longer has, or that the disk cannot read, is a SIGBUS; the handler puts zeros in its place and
// counts that. Every other signal goes to the handler that was there before, which is V8's for
// WebAssembly, or to the system's default, which ends the process.
//
// The handler takes no lock and allocates nothing. Slots are pinned while it works on them
// (slot_table.h), so that it never touches memory that has been unmapped since, or that has become
// something else.
//
// A system call that writes to a page of a guarded map fails with EFAULT: the kernel raises no
// signal for its own accesses.

#ifndef NDMEMO_GUARD_H_
#define NDMEMO_GUARD_H_

#include <cstddef>
#include <cstdint>

namespace ndmemo {

struct Slot;

// Told of the first write and of the first lost page of a map, from a signal handler: Wake() may do
// only what is safe there.
class Waker {
 public:
  virtual void Wake() = 0;

 protected:
  ~Waker() = default;
};

// What has happened to the pages of a map.
struct Faults {
  // Made writable. After many in one map all of it is made writable, and counted.
  uint64_t written = 0;
  // Replaced by zeros.
  uint64_t lost = 0;
};

// The guard of one range of whole pages, until End().
class Watch {
 public:
  // Watches nothing.
  Watch() = default;

  // Whether this system can watch at all; installs the signal handlers at the first call. Where it
  // cannot, private maps have to be writable from the start.
  static bool Available();

  // `read_only`: the range is mapped read-only and to be made writable page by page.
  // `waker` may be null and must stay alive until End() or Silence().
  static Watch Begin(void* start, size_t length, bool read_only, Waker* waker);

  // Gives up the range, which is to be unmapped afterwards. The counts are final.
  Faults End() noexcept;

  // Forgets the waker. Faults are still handled and counted.
  void Silence() noexcept;

  Faults faults() const;
  explicit operator bool() const { return slot_ != nullptr; }

 private:
  explicit Watch(Slot* slot) : slot_(slot) {}

  Slot* slot_ = nullptr;
};

}  // namespace ndmemo

#endif  // NDMEMO_GUARD_H_
