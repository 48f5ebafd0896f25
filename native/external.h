// ArrayBuffers over mappings, for one environment (the main thread, or one worker).

#ifndef NDMEMO_EXTERNAL_H_
#define NDMEMO_EXTERNAL_H_

#include <napi.h>

#include <memory>
#include <unordered_map>

#include "mapping.h"

namespace ndmemo {

// An ArrayBuffer unmaps its mapping when it is collected, when the environment ends, or at once
// through Unmap; whichever comes first, and only once.
class Externals {
 public:
  // An ArrayBuffer over the bytes of the mapping. When the runtime refuses, throws a JavaScript
  // error, leaves nothing mapped and gives an empty value.
  Napi::Value Wrap(Napi::Env env, Mapping mapping);

  // Detaches and unmaps; false if the value is not an ArrayBuffer made here, or has been unmapped.
  bool Unmap(Napi::Value value);

 private:
  // The mappings by their first byte.
  using Live = std::unordered_map<const void*, std::shared_ptr<Mapping>>;

  // What a finalizer owns. It holds the table too, because at the end of an environment it may run
  // after the addon's own data is gone.
  struct Hold {
    std::shared_ptr<Live> live;
    std::shared_ptr<Mapping> mapping;
  };

  static void Finalize(napi_env env, void* data, void* hint);
  static void Close(Live& live, Mapping& mapping);

  std::shared_ptr<Live> live_ = std::make_shared<Live>();
};

// Throws a JavaScript error that has a code.
void ThrowWithCode(Napi::Error error, const char* code);

}  // namespace ndmemo

#endif  // NDMEMO_EXTERNAL_H_
