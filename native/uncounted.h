// ArrayBuffers over memory that V8 does not count as its own.
//
// V8 collects garbage as external memory grows, by the length of every ArrayBuffer of Node-API:
// over pages of a file, which no collection gives back, 64 MiB cost about as much as one
// collection. It does not count memory that it has no part in freeing, which only its own interface
// can tell it. The few functions that this takes have had the same names and arguments since V8 8.
// They are looked up when they are first needed, so that nothing is lost where they are missing.

#ifndef NDMEMO_UNCOUNTED_H_
#define NDMEMO_UNCOUNTED_H_

#include <napi.h>

#include <cstddef>

namespace ndmemo {

// Makes the ArrayBuffers of one environment. As those of Node-API, they are not to be transferred:
// other arrays may lie on them. Who tries all the same has a copy, or an error, or is given memory
// that stays as long as it is used.
class UncountedBuffers {
 public:
  // An ArrayBuffer over the bytes. Calls `release` with `hint`, once, as soon as nothing refers to
  // them any more: on any thread, even inside a collection or after the environment has ended, so
  // it may call nothing of Node. Empty where V8 cannot be asked; `release` is not called then.
  Napi::Value New(Napi::Env env, void* data, size_t size, void (*release)(void* hint), void* hint);

  // Allows an ArrayBuffer of New() to be detached, which from Node 24 on it otherwise is not.
  void Unmark(Napi::Value buffer) const;

 private:
  bool prepared_ = false;
  // Empty where V8 cannot be asked.
  Napi::FunctionReference mark_;
};

}  // namespace ndmemo

#endif  // NDMEMO_UNCOUNTED_H_
