#include "external.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <variant>

#include "error.h"

namespace ndmemo {
namespace {

// What V8 is told of a mapping of whose bytes it counts none. It collects at 64 MiB: after 64 GiB
// of large mappings, or after 4,096 small ones.
int64_t ShareOf(size_t size) {
  constexpr size_t kOneIn = 1024;
  constexpr size_t kLeast = size_t{16} << 10;
  return static_cast<int64_t>(std::max(size / kOneIn, std::min(size, kLeast)));
}

}  // namespace

Externals::Externals(Napi::Env env) {
  const auto on_wake = [this, env] {
    const Napi::HandleScope scope(env);
    Report(env);
  };
  const auto on_end = [table = table_] {
    const std::lock_guard lock(table->mutex);
    for (const auto& [data, entry] : table->entries) entry->mapping.Silence();
    table->waker = nullptr;
  };
  table_->waker = LoopWaker::Start(env, on_wake, on_end);
}

Napi::Value Externals::Wrap(Napi::Env env, Mapping mapping, bool counted, std::string label) {
  const auto entry = std::shared_ptr<Entry>(new Entry{std::move(mapping), std::move(label)});
  void* const data = entry->mapping.data();
  const size_t size = entry->mapping.size();
  auto* const hold = new Hold{table_, entry};
  {
    const std::lock_guard lock(table_->mutex);
    table_->entries.emplace(data, entry);
  }

  if (!counted) {
    const Napi::Value uncounted = uncounted_.New(env, data, size, Release, hold);
    if (!uncounted.IsEmpty()) {
      entry->told = ShareOf(size);
      table_->untold += entry->told;
      Tell(env);
      return uncounted;
    }
  }
  napi_value buffer;
  const napi_status status =
      napi_create_external_arraybuffer(env, data, size, Finalize, hold, &buffer);
  if (status == napi_ok) return Napi::Value(env, buffer);

  // Whether Node has called the finalizer, will call it, or never will depends on its version and
  // on the failure. Only a runtime without external buffers is sure never to; in all other cases
  // `hold` is the finalizer's to delete.
  table_->Close(*entry);
  if (status == napi_no_external_buffers_allowed) {
    delete hold;
    ThrowWithCode(Napi::Error::New(env, "This runtime allows no ArrayBuffer over mapped memory"),
                  "ERR_NO_EXTERNAL_BUFFERS");
    return {};
  }
  napi_value pending;
  napi_get_and_clear_last_exception(env, &pending);
  ThrowWithCode(Napi::RangeError::New(env, "This runtime refuses an ArrayBuffer of " +
                                               std::to_string(size) + " bytes over mapped memory"),
                "ERR_BUFFER_TOO_LARGE");
  return {};
}

bool Externals::Unmap(Napi::Value value) {
  const std::shared_ptr<Entry> entry = Find(value);
  if (entry == nullptr) return false;
  const bool counted = entry->told == 0;
  if (!counted) uncounted_.Unmark(value);
  value.As<Napi::ArrayBuffer>().Detach();
  if (value.Env().IsExceptionPending()) return false;
  // V8 has released others by now, unless something else in the program refers to their bytes.
  if (counted) table_->Close(*entry);
  Tell(value.Env());
  return true;
}

bool Externals::MakePrivate(Napi::Value value, File file) {
  const std::shared_ptr<Entry> entry = Find(value);
  if (entry == nullptr) return false;
  const auto outcome = entry->mapping.MakePrivate(file);
  if (const bool* const done = std::get_if<bool>(&outcome)) return *done;
  ThrowFailure(value.Env(), std::get<Failure>(outcome));
  return false;
}

std::optional<uint64_t> Externals::DirtyPages(Napi::Value value) const {
  const std::shared_ptr<Entry> entry = Find(value);
  return entry == nullptr ? std::nullopt : entry->mapping.dirty_pages();
}

void Externals::Report(Napi::Env env) {
  const std::vector<Event> events = TakeEvents();
  Tell(env);
  if (callback_.IsEmpty()) return;
  for (const Event& event : events) {
    callback_.MakeCallback(
        env.Global(), {Napi::String::New(env, event.label), Napi::String::New(env, event.kind)});
    if (!env.IsExceptionPending()) continue;
    // There is nobody to catch it on the event loop.
    napi_fatal_exception(env, env.GetAndClearPendingException().Value());
  }
}

std::shared_ptr<Externals::Entry> Externals::Find(Napi::Value value) const {
  if (!value.IsArrayBuffer()) return nullptr;
  Napi::ArrayBuffer buffer = value.As<Napi::ArrayBuffer>();
  // A detached ArrayBuffer has no address, an empty one need not have one.
  if (buffer.IsDetached() || buffer.ByteLength() == 0) return nullptr;
  const std::lock_guard lock(table_->mutex);
  const auto found = table_->entries.find(buffer.Data());
  return found == table_->entries.end() ? nullptr : found->second;
}

std::vector<Externals::Event> Externals::TakeEvents() {
  const std::lock_guard lock(table_->mutex);
  std::vector<Event> events = std::exchange(table_->events, {});
  for (const auto& [data, entry] : table_->entries) {
    entry->TakeEvents(events);
    // Its pages are copied as they are written.
    const auto size = static_cast<int64_t>(entry->mapping.size());
    if (entry->told == 0 || entry->report_writes || entry->told >= size) continue;
    table_->untold += size - std::exchange(entry->told, size);
  }
  return events;
}

// V8 may collect garbage here. It is not told of every little.
void Externals::Tell(Napi::Env env) {
  constexpr int64_t kLeastChange = int64_t{1} << 20;
  if (std::abs(table_->untold.load()) < kLeastChange) return;
  int64_t total;
  napi_adjust_external_memory(env, table_->untold.exchange(0), &total);
}

void Externals::Release(void* hint) {
  const std::unique_ptr<Hold> hold(static_cast<Hold*>(hint));
  hold->table->Close(*hold->entry);
}

void Externals::Entry::TakeEvents(std::vector<Event>& events) {
  const Faults faults = mapping.faults();
  if (faults.written > 0 && std::exchange(report_writes, false)) events.push_back({label, "write"});
  if (faults.lost > 0 && std::exchange(report_lost, false)) events.push_back({label, "bus"});
}

// The system may give the address away again as soon as it is unmapped, while the finalizer of the
// ArrayBuffer that had it is still to come. So the entry goes first, and a closed mapping, which
// has no address, removes none.
void Externals::Table::Close(Entry& entry) {
  const void* const data = entry.mapping.data();
  if (data == nullptr) return;
  {
    // Who looks for faults meanwhile finds each of them in one of the two.
    const std::lock_guard lock(mutex);
    entries.erase(data);
    entry.TakeEvents(events);
  }
  entry.mapping.Close();
  untold -= entry.told;
  const std::lock_guard lock(mutex);
  const size_t before = events.size();
  entry.TakeEvents(events);
  // Another thread may have gone on writing until here: of that the loop was told too early.
  if (events.size() > before && waker != nullptr) waker->Wake();
}

}  // namespace ndmemo
