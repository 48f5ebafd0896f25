// By the names of V8's functions in the C++ ABI of Linux, macOS and their like.

#include <dlfcn.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "guard.h"
#include "uncounted.h"

// As far as they are needed. The headers of V8 are for one version of it.
namespace v8 {
class BackingStore;
class Isolate;
}  // namespace v8

namespace ndmemo {
namespace {

// What std::unique_ptr<v8::BackingStore> is to a caller.
struct Owner {
  v8::BackingStore* store;
  ~Owner() {}
};

// What v8::Local is, and what `this` is in a method of an object that a v8::Local refers to.
using Handle = napi_value;

struct Functions {
  v8::Isolate* (*current_isolate)();
  Owner (*new_store)(void* data, size_t size, void (*free)(void*, size_t, void*), void* hint);
  void (*free_nothing)(void* data, size_t size, void* hint);
  void (*destroy_store)(v8::BackingStore* store);
  Handle (*new_buffer)(v8::Isolate* isolate, std::shared_ptr<v8::BackingStore> store);
  void (*set_detach_key)(Handle buffer, Handle key);
  bool complete;
};

#ifdef _LIBCPP_VERSION
#define SHARED_PTR "NSt3__110shared_ptr"
#else
#define SHARED_PTR "St10shared_ptr"
#endif

Functions FindFunctions() {
  Functions functions = {};
  bool complete = true;
  const auto find = [&complete](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(RTLD_DEFAULT, name));
    complete = complete && function != nullptr;
  };
  find(functions.current_isolate, "_ZN2v87Isolate10GetCurrentEv");
  find(functions.new_store, "_ZN2v811ArrayBuffer15NewBackingStoreEPvmPFvS1_mS1_ES1_");
  find(functions.free_nothing, "_ZN2v812BackingStore12EmptyDeleterEPvmS1_");
  find(functions.destroy_store, "_ZN2v812BackingStoreD1Ev");
  find(functions.new_buffer,
       "_ZN2v811ArrayBuffer3NewEPNS_7IsolateE" SHARED_PTR "INS_12BackingStoreEE");
  find(functions.set_detach_key, "_ZN2v811ArrayBuffer12SetDetachKeyENS_5LocalINS_5ValueEEE");
  functions.complete = complete;
  return functions;
}

const Functions& V8() {
  static const Functions functions = FindFunctions();
  return functions;
}

// The major versions of V8 in Node 20 to 26, which the tests have run with. What a later one makes
// of these functions is not known.
constexpr int kOldestV8 = 11;
constexpr int kNewestV8 = 14;

// Others fill in for Node, and have names of V8 without being it.
bool IsKnownNode(Napi::Object process) {
  const Napi::Value release = process.Get("release");
  const Napi::Value versions = process.Get("versions");
  if (!release.IsObject() || !versions.IsObject()) return false;
  const Napi::Value name = release.As<Napi::Object>().Get("name");
  if (!name.IsString() || name.As<Napi::String>().Utf8Value() != "node") return false;
  const auto all = versions.As<Napi::Object>();
  const auto has = [&](const char* name) { return all.Has(name); };
  if (!has("v8") || has("bun") || has("deno") || has("electron") || has("graalvm")) return false;
  const int major = std::atoi(all.Get("v8").ToString().Utf8Value().c_str());
  return major >= kOldestV8 && major <= kNewestV8;
}

bool AllowsExternalBuffers(Napi::Env env) {
  static char byte;
  napi_value buffer;
  const auto keep = [](napi_env, void*, void*) {};
  return napi_create_external_arraybuffer(env, &byte, 1, keep, nullptr, &buffer) == napi_ok;
}

// What makes an ArrayBuffer as those of Node-API are: it cannot be transferred. Empty where V8
// cannot be asked.
Napi::Value FindMark(Napi::Env env) {
  // V8 may release a buffer after Node has unloaded the addon, unless the guard has prevented that.
  if (!Watch::Available() || !V8().complete) return {};
  const Napi::Value process = env.Global().Get("process");
  if (!process.IsObject() || !IsKnownNode(process.As<Napi::Object>())) return {};
  if (!AllowsExternalBuffers(env)) return {};
  const Napi::Value load = process.As<Napi::Object>().Get("getBuiltinModule");
  if (!load.IsFunction()) return {};
  const Napi::Value module =
      load.As<Napi::Function>().Call(process, {Napi::String::New(env, "worker_threads")});
  if (!module.IsObject()) return {};
  return module.As<Napi::Object>().Get("markAsUntransferable");
}

}  // namespace

Napi::Value UncountedBuffers::New(Napi::Env env, void* data, size_t size,
                                  void (*release)(void* hint), void* hint) {
  if (!std::exchange(prepared_, true)) {
    const Napi::Value mark = FindMark(env);
    if (mark.IsFunction()) mark_ = Napi::Persistent(mark.As<Napi::Function>());
  }
  if (mark_.IsEmpty()) return {};
  const Functions& v8 = V8();
  // That its memory is freed by nobody is what V8 has to believe. In truth the last one to let go
  // of the store is heard of here.
  v8::BackingStore* const store = v8.new_store(data, size, v8.free_nothing, nullptr).store;
  const auto destroy = v8.destroy_store;
  std::shared_ptr<v8::BackingStore> shared(store, [destroy, release, hint](auto* last) {
    destroy(last);
    ::operator delete(last);
    release(hint);
  });
  const Napi::Value buffer(env, v8.new_buffer(v8.current_isolate(), std::move(shared)));
  mark_.Call({buffer});
  return buffer;
}

void UncountedBuffers::Unmark(Napi::Value buffer) const {
  V8().set_detach_key(buffer, buffer.Env().Undefined());
}

}  // namespace ndmemo
