// The ranges that are watched, to be found from a signal handler without a lock.
//
// Slots lie in blocks that are never freed. A handler pins a slot that seems to hold its address,
// looks again, and only then relies on it. Whoever gives a slot back closes it first and waits
// until nobody has it pinned. Pinning and closing are sequentially consistent: of a handler that
// pins and a thread that closes, at least one sees the other.

#ifndef NDMEMO_SLOT_TABLE_H_
#define NDMEMO_SLOT_TABLE_H_

#include <atomic>
#include <cstdint>

namespace ndmemo {

class Waker;

struct Slot {
  // The range. An end of 0 is a closed slot: the end is written last and cleared first.
  std::atomic<uintptr_t> start{0};
  std::atomic<uintptr_t> end{0};
  // Handlers that are at work on this slot.
  std::atomic<uint32_t> pins{0};

  std::atomic<bool> read_only{false};
  std::atomic<Waker*> waker{nullptr};

  // Pages made writable, pages replaced by zeros, and how many of both were treated one by one.
  std::atomic<uint64_t> written{0};
  std::atomic<uint64_t> lost{0};
  std::atomic<uint64_t> singles{0};

  // How often in a row the page last made writable has come back.
  std::atomic<uintptr_t> last_page{0};
  std::atomic<uint32_t> repeats{0};

  // The next of the slots that nobody has.
  Slot* next_free = nullptr;
};

static_assert(std::atomic<uintptr_t>::is_always_lock_free);
static_assert(std::atomic<uint64_t>::is_always_lock_free);
static_assert(std::atomic<Waker*>::is_always_lock_free);

// The slot that holds the address, pinned; or null. For signal handlers.
Slot* PinSlotOf(uintptr_t address);
inline void Unpin(Slot& slot) { slot.pins.fetch_sub(1); }

// Waits until no handler is at work on the slot. A handler makes a system call or two and never
// waits for anybody.
void AwaitHandlers(const Slot& slot);

// A closed slot with all counts at 0; its owner sets the rest, and the end last.
Slot* TakeSlot();
// Takes back a slot that was closed, and whose handlers have been awaited.
void ReturnSlot(Slot* slot);

}  // namespace ndmemo

#endif  // NDMEMO_SLOT_TABLE_H_
