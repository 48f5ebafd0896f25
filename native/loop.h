// A call on the event loop of one environment, asked for from anywhere, even from a signal handler.

#ifndef NDMEMO_LOOP_H_
#define NDMEMO_LOOP_H_

#include <napi.h>
#include <uv.h>

#include <functional>

#include "guard.h"

namespace ndmemo {

// Deletes itself when its environment ends. Does not keep the event loop alive.
class LoopWaker final : public Waker {
 public:
  // `on_wake` runs on the event loop after one or more calls of Wake(); `on_end` runs when the
  // environment ends, and after it nobody may call Wake(). Null where there is no event loop.
  static LoopWaker* Start(Napi::Env env, std::function<void()> on_wake,
                          std::function<void()> on_end);

  void Wake() override { uv_async_send(&async_); }

 private:
  LoopWaker() = default;

  uv_async_t async_;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  std::function<void()> on_wake_;
  std::function<void()> on_end_;
};

}  // namespace ndmemo

#endif  // NDMEMO_LOOP_H_
