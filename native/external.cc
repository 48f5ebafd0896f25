#include "external.h"

#include <utility>
#include <variant>

#include "error.h"

namespace ndmemo {

Externals::Externals(Napi::Env env) {
  const auto on_wake = [this, env] {
    const Napi::HandleScope scope(env);
    Report(env);
  };
  const auto on_end = [table = table_] {
    for (const auto& [data, entry] : table->entries) entry->mapping.Silence();
    table->waker = nullptr;
  };
  table_->waker = LoopWaker::Start(env, on_wake, on_end);
}

Napi::Value Externals::Wrap(Napi::Env env, Mapping mapping, std::string label) {
  const auto entry = std::shared_ptr<Entry>(new Entry{std::move(mapping), std::move(label)});
  void* const data = entry->mapping.data();
  const size_t size = entry->mapping.size();
  auto* const hold = new Hold{table_, entry};
  table_->entries.emplace(data, entry);

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
  value.As<Napi::ArrayBuffer>().Detach();
  if (value.Env().IsExceptionPending()) return false;
  table_->Close(*entry);
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
  std::vector<Event> events = std::exchange(table_->events, {});
  for (const auto& [data, entry] : table_->entries) entry->TakeEvents(events);
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
  const auto found = table_->entries.find(buffer.Data());
  return found == table_->entries.end() ? nullptr : found->second;
}

void Externals::Finalize(napi_env, void*, void* hint) {
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
  entries.erase(data);
  entry.mapping.Close();
  entry.TakeEvents(events);
}

}  // namespace ndmemo
