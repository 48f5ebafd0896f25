// Locks and disk space for JavaScript.

#include <optional>
#include <variant>

#include "allocate.h"
#include "argument.h"
#include "binding.h"
#include "error.h"
#include "lock.h"
#include "reserve_ahead.h"

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

// The byte of a file that is meant, by an argument that may be missing; false where it is wrong.
bool ReadPosition(Napi::Value value, Position* position) {
  if (value.IsUndefined()) return true;
  const auto byte = Integer(value, "position", 0, kMaxSafeInteger);
  if (byte) *position = static_cast<uint64_t>(*byte);
  return byte.has_value();
}

Napi::Value TryLockOf(const Napi::CallbackInfo& info) {
  Position position;
  const auto file = OpenFile(info[0]);
  if (!file || !ReadPosition(info[1], &position)) return {};
  return Locked(info.Env(), TryLock(*file, position));
}

Napi::Value WaitLockOf(const Napi::CallbackInfo& info) {
  const auto file = OpenFile(info[0]);
  if (!file) return {};
  const auto timeout = Duration(info[1], "timeoutMs");
  if (!timeout) return {};
  return Locked(info.Env(), WaitLock(*file, Milliseconds(*timeout)));
}

void UnlockOf(const Napi::CallbackInfo& info) {
  Position position;
  const auto file = OpenFile(info[0]);
  if (file && ReadPosition(info[1], &position)) Done(info.Env(), Unlock(*file, position));
}

void AllocateOf(const Napi::CallbackInfo& info) {
  const auto file = OpenFile(info[0]);
  if (!file) return;
  const auto length = Integer(info[1], "byteLength", 0, kMaxSafeInteger);
  if (length) Done(info.Env(), Allocate(*file, static_cast<uint64_t>(*length)));
}

void ReserveAheadOf(const Napi::CallbackInfo& info) {
  const auto file = OpenFile(info[0]);
  if (!file) return;
  const auto length = Integer(info[1], "byteLength", 0, kMaxSafeInteger);
  if (length) ReserveAhead(*file, static_cast<uint64_t>(*length));
}

}  // namespace

void DefineFileFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("tryLock", Napi::Function::New<TryLockOf>(env, "tryLock"));
  exports.Set("waitLock", Napi::Function::New<WaitLockOf>(env, "waitLock"));
  exports.Set("unlock", Napi::Function::New<UnlockOf>(env, "unlock"));
  exports.Set("allocate", Napi::Function::New<AllocateOf>(env, "allocate"));
  exports.Set("reserveAhead", Napi::Function::New<ReserveAheadOf>(env, "reserveAhead"));
}

}  // namespace ndmemo
