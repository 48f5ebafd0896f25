// Watch by signal handlers.

#include <dlfcn.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/ucontext.h>
#endif

#include <atomic>
#include <cerrno>
#include <utility>

#include "guard.h"
#include "slot_table.h"

namespace ndmemo {

namespace {

// Linux keeps a record for each run of pages that are alike, and at most 65,530 of them in a
// process. So no map has more pages than this treated one by one, and all maps together no more
// than kSingles.
constexpr uint64_t kSinglesInMap = 1024;
constexpr uint64_t kSingles = 16384;

// A page that faults as often as this after it was made writable was not written to: it is being
// executed, for example. Threads that fault on a page at the same time are far fewer.
constexpr uint32_t kRepeats = 1000;

// How many pages of all maps have been treated one by one.
constinit std::atomic<uint64_t> singles{0};

uintptr_t page_size;
struct sigaction previous_segv;
struct sigaction previous_bus;

void Count(std::atomic<uint64_t>& counter, uint64_t pages, const Slot& slot) {
  if (counter.fetch_add(pages) != 0) return;
  if (Waker* const waker = slot.waker.load()) waker->Wake();
}

bool TakeSingle(Slot& slot) {
  if (slot.singles.load() >= kSinglesInMap) return false;
  if (singles.fetch_add(1) < kSingles) {
    slot.singles.fetch_add(1);
    return true;
  }
  singles.fetch_sub(1);
  return false;
}

bool MakeWritable(Slot& slot, uintptr_t page) {
  if (slot.last_page.exchange(page) == page) {
    if (slot.repeats.fetch_add(1) >= kRepeats) return false;
  } else {
    slot.repeats.store(0);
  }
  constexpr int kReadWrite = PROT_READ | PROT_WRITE;
  if (TakeSingle(slot)) {
    if (mprotect(reinterpret_cast<void*>(page), page_size, kReadWrite) == 0) {
      Count(slot.written, 1, slot);
      return true;
    }
    // Too many records all the same. Making the whole map alike needs fewer of them.
  }
  const uintptr_t start = slot.start.load();
  const uintptr_t length = slot.end.load() - start;
  if (mprotect(reinterpret_cast<void*>(start), length, kReadWrite) != 0) return false;
  Count(slot.written, length / page_size, slot);
  return true;
}

// Of a file that was truncated, all pages behind a lost one are lost too.
bool PutZeros(Slot& slot, uintptr_t page) {
  const uintptr_t length = TakeSingle(slot) ? page_size : slot.end.load() - page;
  void* const zeros = mmap(reinterpret_cast<void*>(page), length, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  if (zeros == MAP_FAILED) return false;
  Count(slot.lost, length / page_size, slot);
  return true;
}

#ifdef __APPLE__
// Here a page that is protected and a page that is lost are both a SIGBUS.
bool IsWriteFault(int signal, const siginfo_t& info, const void* context) {
  const auto& state = static_cast<const ucontext_t*>(context)->uc_mcontext->__es;
#ifdef __x86_64__
  const bool writes = (state.__err & 0x2) != 0;
#else
  const bool writes = (state.__esr & 0x40) != 0;
#endif
  return writes && (signal == SIGBUS || info.si_code == SEGV_ACCERR);
}
#else
bool IsWriteFault(int signal, const siginfo_t& info, const void*) {
  return signal == SIGSEGV && info.si_code == SEGV_ACCERR;
}
#endif

bool IsLostPage(int signal, const siginfo_t& info) {
  return signal == SIGBUS && (info.si_code == BUS_ADRERR || info.si_code == BUS_OBJERR);
}

bool Repair(int signal, const siginfo_t& info, const void* context) {
  const bool write = IsWriteFault(signal, info, context);
  const bool lost = IsLostPage(signal, info);
  // Also what another process sent, which has no address.
  if (!write && !lost) return false;
  const auto address = reinterpret_cast<uintptr_t>(info.si_addr);
  Slot* const slot = PinSlotOf(address);
  if (slot == nullptr) return false;

  const uintptr_t page = address & ~(page_size - 1);
  const bool repaired = (write && slot->read_only.load() && MakeWritable(*slot, page)) ||
                        (lost && PutZeros(*slot, page));
  Unpin(*slot);
  return repaired;
}

void SetDefault(int signal) {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
}

// As if this handler did not exist.
void Forward(int signal, siginfo_t* info, void* context, const struct sigaction& previous) {
  const bool sent = info->si_code <= 0;
  if (previous.sa_flags & SA_RESETHAND) SetDefault(signal);
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler == SIG_IGN && sent) {
    return;
  } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
    // A fault comes again as soon as this returns, and ends the process where it happened. A signal
    // that was sent has to be sent again.
    SetDefault(signal);
    if (sent) raise(signal);
  } else {
    previous.sa_handler(signal);
  }
}

void Handle(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  if (!Repair(signal, *info, context)) {
    Forward(signal, info, context, signal == SIGBUS ? previous_bus : previous_segv);
  }
  errno = saved_errno;
}

bool Install(int signal, struct sigaction& previous) {
  if (sigaction(signal, nullptr, &previous) != 0) return false;
  struct sigaction action = {};
  action.sa_sigaction = Handle;
  // The mask and the flags are what the handler that was there before relies on.
  action.sa_mask = previous.sa_mask;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | (previous.sa_flags & (SA_RESTART | SA_NODEFER));
  return sigaction(signal, &action, nullptr) == 0;
}

// The handlers stay for the life of the process. So must their code, which Node would unload with
// the last worker that used it.
bool StayLoaded() {
  Dl_info here;
  return dladdr(reinterpret_cast<void*>(&Handle), &here) != 0 &&
         dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

bool InstallAll() {
  page_size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  return StayLoaded() && Install(SIGSEGV, previous_segv) && Install(SIGBUS, previous_bus);
}

}  // namespace

bool Watch::Available() {
  static const bool installed = InstallAll();
  return installed;
}

Watch Watch::Begin(void* start, size_t length, bool read_only, Waker* waker) {
  const auto first = reinterpret_cast<uintptr_t>(start);
  Slot* const slot = TakeSlot();
  slot->read_only.store(read_only);
  slot->waker.store(waker);
  slot->start.store(first);
  slot->end.store(first + (length + page_size - 1) / page_size * page_size);
  return Watch(slot);
}

Faults Watch::End() noexcept {
  Slot* const slot = std::exchange(slot_, nullptr);
  if (slot == nullptr) return {};
  slot->end.store(0);
  AwaitHandlers(*slot);
  const Faults faults{slot->written.load(), slot->lost.load()};
  singles.fetch_sub(slot->singles.load());
  ReturnSlot(slot);
  return faults;
}

void Watch::Silence() noexcept {
  if (slot_ == nullptr) return;
  slot_->waker.store(nullptr);
  AwaitHandlers(*slot_);
}

Faults Watch::faults() const {
  if (slot_ == nullptr) return {};
  return {slot_->written.load(), slot_->lost.load()};
}

}  // namespace ndmemo
