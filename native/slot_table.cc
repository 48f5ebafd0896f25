#include "slot_table.h"

#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>

namespace ndmemo {
namespace {

struct Block {
  static constexpr size_t kSlots = 512;
  Slot slots[kSlots];
  std::atomic<Block*> next{nullptr};
};

// Initialised at compile time, because worker threads come and go before and after main().
constinit Block first_block;
constinit std::atomic<Slot*> last_hit{nullptr};

// Guards what follows it, and the lists that begin there. Never taken by a handler.
constinit std::mutex mutex;
constinit Slot* free_slots = nullptr;
constinit Block* last_block = nullptr;

bool Holds(const Slot& slot, uintptr_t address) {
  return address < slot.end.load() && address >= slot.start.load();
}

bool Pin(Slot& slot, uintptr_t address) {
  if (!Holds(slot, address)) return false;
  slot.pins.fetch_add(1);
  if (Holds(slot, address)) return true;
  Unpin(slot);
  return false;
}

void AddBlock() {
  Block* const added = last_block == nullptr ? &first_block : new Block;
  for (Slot& slot : added->slots) slot.next_free = std::exchange(free_slots, &slot);
  if (last_block != nullptr) last_block->next.store(added);
  last_block = added;
}

}  // namespace

Slot* PinSlotOf(uintptr_t address) {
  // An array is written page after page.
  Slot* const hint = last_hit.load(std::memory_order_relaxed);
  if (hint != nullptr && Pin(*hint, address)) return hint;
  for (Block* block = &first_block; block != nullptr; block = block->next.load()) {
    for (Slot& slot : block->slots) {
      if (!Pin(slot, address)) continue;
      last_hit.store(&slot, std::memory_order_relaxed);
      return &slot;
    }
  }
  return nullptr;
}

void AwaitHandlers(const Slot& slot) {
  while (slot.pins.load() != 0) std::this_thread::yield();
}

Slot* TakeSlot() {
  const std::lock_guard lock(mutex);
  if (free_slots == nullptr) AddBlock();
  Slot* const slot = free_slots;
  free_slots = slot->next_free;
  slot->written.store(0);
  slot->lost.store(0);
  slot->singles.store(0);
  slot->last_page.store(0);
  slot->repeats.store(0);
  return slot;
}

void ReturnSlot(Slot* slot) {
  const std::lock_guard lock(mutex);
  slot->next_free = std::exchange(free_slots, slot);
}

}  // namespace ndmemo
