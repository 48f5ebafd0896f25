#include "loop.h"

#include <memory>
#include <utility>

namespace ndmemo {

LoopWaker* LoopWaker::Start(Napi::Env env, std::function<void()> on_wake,
                            std::function<void()> on_end) {
  uv_loop_t* loop;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return nullptr;
  std::unique_ptr<LoopWaker> waker(new LoopWaker);
  const auto run = [](uv_async_t* async) { static_cast<LoopWaker*>(async->data)->on_wake_(); };
  if (uv_async_init(loop, &waker->async_, run) != 0) return nullptr;

  auto* const started = waker.release();
  started->async_.data = started;
  started->on_wake_ = std::move(on_wake);
  started->on_end_ = std::move(on_end);
  uv_unref(reinterpret_cast<uv_handle_t*>(&started->async_));

  // The handle is closed in a later turn of the loop, for which the environment has to wait.
  const auto end = [](napi_async_cleanup_hook_handle, void* data) {
    auto* const self = static_cast<LoopWaker*>(data);
    self->on_end_();
    uv_close(reinterpret_cast<uv_handle_t*>(&self->async_), [](uv_handle_t* handle) {
      const std::unique_ptr<LoopWaker> closed(static_cast<LoopWaker*>(handle->data));
      napi_remove_async_cleanup_hook(closed->hook_);
    });
  };
  napi_add_async_cleanup_hook(env, end, started, &started->hook_);
  return started;
}

}  // namespace ndmemo
