#include "external.h"

#include <string>
#include <utility>

namespace ndmemo {

Napi::Value Externals::Wrap(Napi::Env env, Mapping mapping) {
  const auto shared = std::make_shared<Mapping>(std::move(mapping));
  void* const data = shared->data();
  const size_t size = shared->size();
  auto* const hold = new Hold{live_, shared};
  live_->emplace(data, shared);

  napi_value buffer;
  const napi_status status =
      napi_create_external_arraybuffer(env, data, size, Finalize, hold, &buffer);
  if (status == napi_ok) return Napi::Value(env, buffer);

  // Whether Node has called the finalizer, will call it, or never will depends on its version and
  // on the failure. Only a runtime without external buffers is sure never to; in all other cases
  // `hold` is the finalizer's to delete.
  Close(*live_, *shared);
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
  if (!value.IsArrayBuffer()) return false;
  Napi::ArrayBuffer buffer = value.As<Napi::ArrayBuffer>();
  // A detached ArrayBuffer has no address, an empty one need not have one.
  if (buffer.IsDetached() || buffer.ByteLength() == 0) return false;
  const auto found = live_->find(buffer.Data());
  if (found == live_->end()) return false;

  const std::shared_ptr<Mapping> mapping = found->second;
  buffer.Detach();
  if (value.Env().IsExceptionPending()) return false;
  Close(*live_, *mapping);
  return true;
}

void Externals::Finalize(napi_env, void*, void* hint) {
  const std::unique_ptr<Hold> hold(static_cast<Hold*>(hint));
  Close(*hold->live, *hold->mapping);
}

// The system may give the address away again as soon as it is unmapped, while the finalizer of the
// ArrayBuffer that had it is still to come. So the entry goes first, and a closed mapping, which
// has no address, removes none.
void Externals::Close(Live& live, Mapping& mapping) {
  const void* const data = mapping.data();
  if (data == nullptr) return;
  live.erase(data);
  mapping.Close();
}

void ThrowWithCode(Napi::Error error, const char* code) {
  error.Set("code", Napi::String::New(error.Env(), code));
  error.ThrowAsJavaScriptException();
}

}  // namespace ndmemo
