// Locks and disk space for JavaScript.

#include <optional>
#include <variant>

#include "allocate.h"
#include "argument.h"
#include "binding.h"
#include "error.h"
#include "lock.h"

namespace ndmemo {
namespace {

Napi::Value Locked(Napi::Env env, const std::variant<bool, Failure>& outcome) {
  if (const bool* const locked = std::get_if<bool>(&outcome)) {
    return Napi::Boolean::New(env, *locked);
  }
  ThrowFailure(env, std::get<Failure>(outcome));
  return {};
}

void Done(Napi::Env env, const std::optional<Failure>& failure) {
  if (failure) ThrowFailure(env, *failure);
}

Napi::Value TryLockOf(const Napi::CallbackInfo& info) {
  const auto file = OpenFile(info[0]);
  if (!file) return {};
  return Locked(info.Env(), TryLock(*file));
}

Napi::Value WaitLockOf(const Napi::CallbackInfo& info) {
  const auto file = OpenFile(info[0]);
  if (!file) return {};
  const auto timeout = Duration(info[1], "timeoutMs");
  if (!timeout) return {};
  return Locked(info.Env(), WaitLock(*file, Milliseconds(*timeout)));
}

void UnlockOf(const Napi::CallbackInfo& info) {
  if (const auto file = OpenFile(info[0])) Done(info.Env(), Unlock(*file));
}

void AllocateOf(const Napi::CallbackInfo& info) {
  const auto file = OpenFile(info[0]);
  if (!file) return;
  const auto length = Integer(info[1], "byteLength", 0, kMaxSafeInteger);
  if (length) Done(info.Env(), Allocate(*file, static_cast<uint64_t>(*length)));
}

}  // namespace

void DefineFileFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("tryLock", Napi::Function::New<TryLockOf>(env, "tryLock"));
  exports.Set("waitLock", Napi::Function::New<WaitLockOf>(env, "waitLock"));
  exports.Set("unlock", Napi::Function::New<UnlockOf>(env, "unlock"));
  exports.Set("allocate", Napi::Function::New<AllocateOf>(env, "allocate"));
}

}  // namespace ndmemo
