// The part of locking that is the same on every system.

#include "lock.h"

#include <algorithm>
#include <thread>

namespace ndmemo {

// No system can wait for a lock and look at the clock at the same time.
std::variant<bool, Failure> WaitLock(File file, Milliseconds timeout) {
  constexpr Milliseconds kLongestPause{25};
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  for (Milliseconds pause{1};; pause = std::min(2 * pause, kLongestPause)) {
    const auto outcome = TryLock(file);
    const bool* const locked = std::get_if<bool>(&outcome);
    if (locked == nullptr || *locked) return outcome;
    const Milliseconds left = timeout - (Clock::now() - start);
    if (left <= Milliseconds::zero()) return false;
    std::this_thread::sleep_for(std::min(pause, left));
  }
}

}  // namespace ndmemo
